/**
 * When the practice will answer what is sent now, said at the form, and whether it is open, said beside its number. The
 * server's own promise (shared/opening_hours.py) is what counts; this is the same arithmetic on the same hours. Times are
 * seconds since the epoch, and what the practice's clocks show is counted in the same way.
 *
 * A page knows the hours that were compiled. Of days that the practice has closed since, it hears with the answer to the
 * request that wakes the server as soon as the form is touched: before anything can be sent.
 *
 * @typedef {[opens: number, closes: number][]} Windows of a day, in seconds since midnight
 * @typedef {{within: number, grid: number, horizon: number, longest: number, week: Windows[],
 *   dates: Record<number, Windows>, offsets: [from: number, offset: number][], closed?: Record<number, number>}} Hours
 *   closed: days on which it closes beside all that, with the time from which on
 */

import { texts } from './enquiry.js';

const DAY = 86_400;
const A_MINUTE = 60_000; // in milliseconds

/** How far the practice's clocks are ahead of UTC. */
function offsetAt(at, { offsets }) {
  return offsets.findLast(([from], index) => from <= at || index === 0)[1];
}

/** When the practice's clocks first show a time, or later where they skip it. */
function instant(clock, { offsets }) {
  const index = offsets.findIndex((_, each) => clock - offsets[each][1] < (offsets[each + 1]?.[0] ?? Infinity));
  const [from, offset] = offsets[index];
  return index === 0 ? clock - offset : Math.max(clock - offset, from);
}

/** The windows that are not over at `start`. */
function* windowsAfter(start, hours) {
  const today = Math.floor((start + offsetAt(start, hours)) / DAY);
  for (let day = today; day <= today + hours.horizon; day += 1) {
    for (const [from, until] of on(day, hours)) {
      const [opens, closes] = [from, until].map((clock) => instant(day * DAY + clock, hours));
      if (opens < closes && closes > start) yield { day, opens, closes };
    }
  }
}

function on(day, { dates, week, closed }) {
  const windows = dates[day] ?? week[(day + 3) % 7]; // the first of January 1970 was a Thursday
  const until = closed?.[day] ?? DAY;
  return windows.filter(([opens]) => opens < until).map(([opens, closes]) => [opens, Math.min(closes, until)]);
}

function after(start, seconds, hours) {
  let left = seconds;
  for (const { opens, closes } of windowsAfter(start, hours)) {
    const open = closes - Math.max(opens, start);
    if (left <= open) return closes - open + left;
    left -= open;
  }
  return undefined;
}

/** The instants of a day that can be promised. */
function gridOf(day, hours) {
  return on(day, hours).flatMap(([from, until]) => {
    const clocks = [until];
    for (let clock = from - (from % hours.grid) + hours.grid; clock < until; clock += hours.grid) clocks.push(clock);
    const opens = instant(day * DAY + from, hours);
    return clocks.map((clock) => instant(day * DAY + clock, hours)).filter((at) => at !== opens);
  });
}

/** The time that what is sent at `start` is answered by. @param {Hours} hours @returns {number | undefined} */
export function answerBy(start, hours) {
  const at = after(Math.floor(start), hours.within, hours);
  if (at === undefined) return undefined;
  const { day } = windowsAfter(at - 1, hours).next().value;
  const promise = Math.min(...gridOf(day, hours).filter((each) => each >= at));
  return promise - start <= hours.longest ? promise : undefined;
}

/** A moment in the page's language (shared/moments.py): its time, and that with its date, or with its weekday alone. */
function said(at, hours, words) {
  const clocks = new Date((at + offsetAt(at, hours)) * 1000); // whose UTC is what the practice's clocks show
  const weekday = words.weekdays[(clocks.getUTCDay() + 6) % 7];
  const date = words.dates[clocks.getUTCMonth()].replace('{weekday}', weekday).replace('{day}', clocks.getUTCDate());
  const minute = String(clocks.getUTCMinutes()).padStart(2, '0');
  const time = words.hours[clocks.getUTCHours()].replace('{minute}', minute);
  const joined = (day) => words.joined.replace('{date}', day).replace('{time}', time);
  return { time, moment: joined(date), inAWeek: joined(weekday) };
}

/** Whether the reader's clock shows what the practice's show. */
function isHere(at, hours) {
  return offsetAt(at, hours) === -60 * new Date(at * 1000).getTimezoneOffset();
}

/** What is said of an instant, with its zone where the reader's clock shows another time. */
function onClocks(at, text, hours, words) {
  return isHere(at, hours) ? text : words.zoned.replace('{moment}', text);
}

/** Until when it is open: where one window begins as another ends, it stays open. */
function endOf({ closes }, later) {
  let end = closes;
  for (const next of later) {
    if (next.opens !== end) break;
    end = next.closes;
  }
  return end;
}

/** Whether the practice is open now, and until when, or when it opens. */
export function openness(now, { opening, words, ...hours }) {
  const windows = windowsAfter(now, hours);
  const next = windows.next().value;
  if (next?.opens <= now) {
    const end = endOf(next, windows);
    return opening.until.replace('{time}', onClocks(end, said(end, hours, words).time, hours, words));
  }
  if (!next) return opening.closed;
  const days = next.day - Math.floor((now + offsetAt(now, hours)) / DAY);
  const { time, inAWeek, moment } = said(next.opens, hours, words);
  const when = days === 0 ? time : days < 7 ? inAWeek : moment;
  return opening.opens.replace('{moment}', onClocks(next.opens, when, hours, words));
}

function promised(now, { sentence, words, ...hours }) {
  const promise = answerBy(now, hours);
  if (promise === undefined) return '';
  const { moment } = said(promise, hours, words);
  // A sentence that ends in `p.m.` has one full stop.
  return sentence.replace('{moment}', onClocks(promise, moment, hours, words)).replace('..', '.');
}

// The dates are the page's, for they are of its day; the words and the usual week serve every page of the language.
const promise = { ...JSON.parse(document.querySelector('#timetable').textContent), ...texts.promise };
const place = document.querySelector('[data-promise]');
const headings = document.querySelectorAll('[data-open]');

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function refresh() {
  const now = Date.now() / 1000;
  if (place) put(place, promised(now, promise));
  for (const heading of headings) put(heading, openness(now, promise));
}

/** Takes in from when on the practice closes on which days: `2026-11-25T14:30, 2026-11-26T00:00`, as its clocks show it. */
export function heed(closedFrom) {
  if (!closedFrom) return;
  const times = closedFrom.split(', ').map((time) => Date.parse(`${time}Z`) / 1000);
  promise.closed = Object.fromEntries(times.map((at) => [Math.floor(at / DAY), at % DAY]));
  refresh();
}

refresh();
setInterval(refresh, A_MINUTE);
addEventListener('pageshow', refresh);
