/** The page of a case with overlap: which instant is chosen, by keys, clicks and the address. */
import { byId } from './elements.mjs';

/** @type {number[]} */
const places = [...document.querySelectorAll('.instants li')].map((item) => placeOf(item) ?? 0);
const [first = 0] = places;
const last = places.at(-1) ?? 0;
let chosen = -1;

/** @param {Element} element */
function placeOf(element) {
  const at = element.getAttribute('data-at') ?? element.getAttribute('data-from');
  return at === null ? null : Number(at);
}

/** @param {number} wanted */
function choose(wanted) {
  const to = Math.min(Math.max(wanted, first), last);
  if (to === chosen || places.length === 0) return;
  chosen = to;
  for (const element of document.querySelectorAll('.chosen')) element.classList.remove('chosen');
  for (const element of document.querySelectorAll(`[data-at="${to}"]`)) element.classList.add('chosen');
  for (const item of document.querySelectorAll('.instants li')) item.removeAttribute('aria-current');
  const item = byId(`instant-${to}`);
  item.setAttribute('aria-current', 'true');
  item.scrollIntoView({ block: 'nearest' });
  document.querySelector(`td[data-at="${to}"]`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  history.replaceState(null, '', `#instant=${to + 1}`);
}

/** The instant that the address names, or the last one. */
function fromAddress() {
  const [, number] = /^#instant=(\d+)$/.exec(location.hash) ?? [];
  choose(number === undefined ? last : Number(number) - 1);
}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  /** @type {Record<string, number>} */
  const moves = {
    ArrowLeft: chosen - 1,
    ArrowUp: chosen - 1,
    ArrowRight: chosen + 1,
    ArrowDown: chosen + 1,
    Home: first,
    End: last,
  };
  const to = moves[event.key];
  if (to === undefined) return;
  event.preventDefault();
  choose(to);
});
document.addEventListener('click', ({ target }) => {
  const place = target instanceof Element ? target.closest('[data-at], [data-from]') : null;
  const at = place === null ? null : placeOf(place);
  if (at !== null) choose(at);
});
window.addEventListener('hashchange', fromAddress);
fromAddress();
