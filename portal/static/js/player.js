// Loads the film when asked to, and not before; subtitles of the reader's language are on.
const box = document.querySelector('[data-player]');
const button = box && box.querySelector('a.btn');
if (button) {
  button.addEventListener('click', (event) => {
    event.preventDefault();
    const media = document.createElement(button.dataset.type.startsWith('audio') ? 'audio' : 'video');
    media.controls = true;
    media.preload = 'metadata';
    media.src = button.dataset.src;
    const poster = box.querySelector('img');
    if (poster && 'poster' in media) media.poster = poster.src;
    for (const told of box.querySelectorAll('[data-track]')) {
      const track = document.createElement('track');
      track.kind = 'subtitles';
      track.src = told.dataset.track;
      track.srclang = told.dataset.lang;
      track.label = told.dataset.label;
      track.default = document.documentElement.lang === told.dataset.lang;
      media.append(track);
    }
    box.replaceChildren(media);
    const start = /#t=(\d+)/.exec(location.hash);
    if (start) media.currentTime = Number(start[1]);
    media.play().catch(() => {});
    media.focus();
  });
  if (/#t=\d+/.test(location.hash)) button.focus();
}
