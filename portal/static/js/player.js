// Loads a film or a sound when asked to, and not before, in the form that is pressed. Subtitles are
// chosen beside it by their own names; where somebody stopped is remembered in this browser alone.
const box = document.querySelector('[data-player]');
const links = box ? [...document.querySelectorAll('[data-src]')] : [];
const choice = document.querySelector('[data-subs]');
const slot = box && box.querySelector('.slot');
const poster = slot && slot.querySelector('img') ? slot.querySelector('img').src : '';
const key = box && `caravan-at:${box.dataset.asset}`;
const LEAST = 5;
const EVERY = 5;
let media = box && box.querySelector('video, audio');

const memory = {
  get: () => { try { return Number(localStorage.getItem(key)) || 0; } catch { return 0; } },
  set: (second) => { try { localStorage.setItem(key, String(second)); } catch { /* a full or closed store: nothing is remembered */ } },
  drop: () => { try { localStorage.removeItem(key); } catch { /* the same */ } },
};
function clock(second) {
  return `${Math.floor(second / 60)}:${String(Math.floor(second % 60)).padStart(2, '0')}`;
}
// The second that the address names, else where this browser stopped.
function wanted() {
  const found = /#t=(\d+(?:\.\d+)?)/.exec(location.hash);
  return Number(found ? found[1] : box.dataset.start) || 0;
}
function show() {
  const radio = choice && choice.querySelector('input:checked');
  for (const track of media.textTracks) track.mode = radio && track.language === radio.value ? 'showing' : 'disabled';
}
function watch() {
  let kept = 0;
  show();
  // The browser chooses subtitles by its own mind once it knows the film; ours is the person's.
  media.addEventListener('loadedmetadata', show);
  media.addEventListener('timeupdate', () => {
    if (Math.abs(media.currentTime - kept) < EVERY || media.currentTime < LEAST) return;
    kept = media.currentTime;
    memory.set(Math.floor(kept));
  });
  media.addEventListener('ended', memory.drop);
  media.addEventListener('error', () => { box.querySelector('[data-failed]').hidden = false; });
}
function begin(link, start) {
  if (media) media.pause();
  const sound = link.dataset.type.startsWith('audio');
  media = document.createElement(sound ? 'audio' : 'video');
  media.controls = true;
  media.preload = 'metadata';
  if (poster && !sound) media.poster = poster;
  media.append(document.querySelector('[data-tracks]').content.cloneNode(true));
  media.src = link.dataset.src;
  const failed = box.querySelector('[data-failed]');
  failed.hidden = true;
  box.replaceChildren(...(sound && slot ? [slot, media, failed] : [media, failed]));
  for (const each of links) each.toggleAttribute('aria-current', each.dataset.src === link.dataset.src);
  watch();
  if (start) media.currentTime = start;
  media.play().catch(() => {});
  media.focus();
}
function goTo(second) {
  if (!media) return begin(links[0], second);
  media.currentTime = second;
  media.play().catch(() => {});
  return media.focus();
}

if (box) {
  const button = box.querySelector('a[data-src]');
  const resume = box.querySelector('[data-resume]');
  if (media) watch();
  if (choice) {
    choice.hidden = false;
    choice.addEventListener('change', () => media && show());
  }
  // The button itself says only what the server knew of, which is no second behind a #.
  const second = wanted() || memory.get();
  if (resume && !Number(box.dataset.start) && second >= LEAST) {
    resume.textContent = resume.dataset.resume.replace('{time}', clock(second));
    resume.hidden = false;
  }
  for (const link of links) {
    link.addEventListener('click', (event) => {
      event.preventDefault();
      begin(link, media ? media.currentTime : wanted() || memory.get());
    });
  }
  // A frame, or a note at a second of this film, goes there in the player; a new note then stands there.
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-second]');
    if (!link || !links.some((each) => link.getAttribute('href').startsWith(each.dataset.src))) return;
    event.preventDefault();
    const start = Number(link.dataset.second);
    goTo(start);
    const place = document.querySelector('[data-note-place]');
    if (place) {
      place.value = place.dataset.notePlace;
      document.querySelector('[data-note-number]').value = clock(start);
      place.dispatchEvent(new Event('change'));
    }
  });
  addEventListener('hashchange', () => media && wanted() && goTo(wanted()));
  if (/#t=/.test(location.hash) && button) button.focus();
}
