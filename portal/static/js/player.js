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
function load() {
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
  if (second()) media.currentTime = second();
  media.play().catch(() => {});
  media.focus();
  return media;
}
if (button) {
  let media = null;
  const begin = () => {
    if (media) {
      media.currentTime = second();
      media.play().catch(() => {});
    } else {
      media = load();
    }
  };
  if (choice) choice.hidden = false;
  button.addEventListener('click', (event) => {
    event.preventDefault();
    begin();
  });
  // A link to a second of this film, as in a curator's note, goes there in the player.
  window.addEventListener('hashchange', () => { if (second()) begin(); });
  if (second()) button.focus();
}
