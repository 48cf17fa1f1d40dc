/** The storage's side of the lease in the model, and how requests are sent. */

import { ASKING, LAPSED, LONG, SHORT } from './world.mjs';

/** The token of an attempt. */
export const tokenOf = (i, sc, M) => (M.tokenPerUpdate ? sc.attempts[i].update + 10 : i);

/** Puts a request on its way. */
export function send(t, request) {
  t.net.push(request);
  t.net.sort();
}

/** Sends the release of exactly this grant. */
export const releases = (t, i, f) => send(t, `L${i}:${f}`);

export function newFences(s, i, M) {
  if (M.firstEdition) return [0];
  // 2, since a continuing commit adds 1: so `already` can't be taken for a grant
  const after = 2;
  if (M.rowCounter) return [s.fen + after];
  if (!s.cb) return [s.c + after];
  if (s.ex) {
    let next = s.fen + after;
    while (!M.isMutant && s.gr[i].includes(next)) next++;
    return [next];
  }
  const any = [];
  for (let x = 1; x <= s.c + 2; x++) if (!s.gr[i].includes(x)) any.push(x);
  return any;
}
export function grant(t, i, fence, isLate, M) {
  t.ex = 1;
  t.fen = fence;
  t.c = Math.max(t.c, fence);
  t.lea = M.longLease ? LONG : SHORT;
  t.z = +isLate;
  if (!t.gr[i].includes(fence)) t.gr[i].push(fence);
}
export function letGo(t, M, tok) {
  const next = t.w.shift();
  t.own = -1;
  t.lea = LAPSED;
  t.z = 0;
  if (next !== undefined) {
    grant(t, next, newFences(t, next, M)[0], t.a[next].phase !== ASKING, {
      ...M,
      longLease: false,
    });
    t.own = tok(next);
    return;
  }
  if (!t.ids) {
    t.ex = 0;
    t.fen = 0;
  }
}
