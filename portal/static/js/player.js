// Loads the film when asked to, and not before. Subtitles are chosen beside it, by their own names.
const box = document.querySelector('[data-player]');
const button = box && box.querySelector('a.btn');
const choice = document.querySelector('[data-subs]');

function chosen() {
  const radio = choice && choice.querySelector('input:checked');
  return radio ? radio.value : '';
}
function show(media) {
  for (const track of media.textTracks) track.mode = track.language === chosen() ? 'showing' : 'disabled';
}
function second() {
  const found = /#t=(\d+(?:\.\d+)?)/.exec(location.hash);
  return found ? Number(found[1]) : 0;
}
function load(start) {
  const sound = button.dataset.type.startsWith('audio');
  const media = document.createElement(sound ? 'audio' : 'video');
  media.controls = true;
  media.preload = 'metadata';
  media.src = button.dataset.src;
  const poster = box.querySelector('img');
  if (poster && !sound) media.poster = poster.src;
  for (const told of box.querySelectorAll('[data-track]')) {
    const track = document.createElement('track');
    track.kind = 'subtitles';
    track.src = told.dataset.track;
    track.srclang = told.dataset.lang;
    track.label = told.dataset.label;
    media.append(track);
  }
  if (sound) button.replaceWith(media);
  else box.replaceChildren(media);
  show(media);
  if (choice) choice.addEventListener('change', () => show(media));
  if (start) media.currentTime = start;
  media.play().catch(() => {});
  media.focus();
  return media;
}
if (button) {
  let media = null;
  const begin = (start) => {
    if (!media) {
      media = load(start);
    } else {
      media.currentTime = start;
      media.play().catch(() => {});
    }
  };
  if (choice) choice.hidden = false;
  button.addEventListener('click', (event) => {
    event.preventDefault();
    begin(second());
  });
  // A frame, or a note at a second of this film, goes there in the player; a new note then stands there.
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-second]');
    if (!link || !link.getAttribute('href').startsWith(button.getAttribute('href'))) return;
    event.preventDefault();
    const start = Number(link.dataset.second);
    begin(start);
    const place = document.querySelector('[data-note-place]');
    if (place) {
      place.value = place.dataset.notePlace;
      document.querySelector('[data-note-number]').value = `${Math.floor(start / 60)}:${String(start % 60).padStart(2, '0')}`;
    }
  });
  if (second()) button.focus();
}
