// Shows a file on its way in each state, by the rows of the page where files are given.
import { Row, list } from './sending_row.js';

const SIZE = 3100000000;
const rows = [
  ['field_film_uz.srt', (row) => row.sending(0.6 * SIZE, 24000)],
  ['field_film_master_1080p.mp4', (row) => row.lost(0.61 * SIZE, list.dataset.wordsPaused)],
  ['poster_4k.png', (row) => row.arrived()],
  ['interview_part2.mov', (row) => row.refused()],
];
for (const [name, show] of rows) {
  const row = new Row({ name, size: SIZE }, () => {});
  row.stand();
  show(row);
}
document.documentElement.dataset.shown = '';
