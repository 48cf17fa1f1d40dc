/** The next steps of a storage: execute a pending request, once or twice; and what else happens to the row. */

import { grant, letGo, newFences, releases, send, tokenOf } from './grants.mjs';
import {
  ASKING,
  BACK,
  BEYOND,
  COMMITTING,
  COPY,
  clone,
  EXPIRE,
  HANDLER,
  IDLE,
  LAPSE,
  LAPSED,
  LONG,
  OVER,
  over,
  PROVING,
  SHORT,
  Violation,
} from './world.mjs';

/** All executions of requests: [what, next world]. */
export function* requestSteps(s, sc, M) {
  const tok = (i) => tokenOf(i, sc, M);
  const bit = (i) => 1 << sc.attempts[i].update;
  for (const [at, m] of s.net.entries()) {
    if (at > 0 && s.net[at - 1] === m) continue;
    const [head, ...args] = m.split(':');
    const kind = head[0],
      i = +head.slice(1);
    const taken = () => {
      const t = clone(s);
      t.net.splice(at, 1);
      return t;
    };
    // executed and gone, or executed and still under way
    const worlds = () =>
      s.b[COPY] > 0
        ? [
            [taken(), ''],
            [
              (() => {
                const t = clone(s);
                t.b[COPY]--;
                return t;
              })(),
              ' (a copy is on its way)',
            ],
          ]
        : [[taken(), '']];
    const f = +args[0];
    const holds = M.fenceOnly ? s.own >= 0 && s.fen === f : s.own === tok(i) && s.fen === f;

    if (kind === 'G') {
      if (s.a[i].phase === ASKING) continue;
      const t = taken(),
        me = t.a[i];
      // while the turn runs, the grant may be its own, under the fence of a commit that is not answered yet
      const isOver = M.releaseOtherFences ? me.fence !== f : me.phase === OVER;
      if (me.outcome !== 'crashed' && (isOver || M.releaseLateAlways)) releases(t, i, f);
      yield [`${i} hears late of grant ${f}`, t];
    }
    if (kind === 'A') {
      const isOwn = s.own === tok(i);
      const isVoid = M.voidLocks && s.lea === BEYOND;
      if (s.own >= 0 && !isOwn && s.lea !== LAPSED && !isVoid) {
        const t = clone(s);
        if (s.lea === BEYOND && !M.noClamp) t.lea = SHORT;
        if (t.lea === BEYOND)
          throw new Violation('a lock that ends further away than the longest lease stays');
        if (sc.queue && !s.w.includes(i)) t.w.push(i);
        if (t.lea !== s.lea || t.w.length !== s.w.length) yield [`${i} is told busy`, t];
        continue;
      }
      for (const [base, note] of worlds()) {
        const fences = isOwn && !M.newFenceAlways ? [s.fen] : newFences(s, i, M);
        for (const fence of fences) {
          const t = clone(base);
          if (!(isOwn && !M.newFenceAlways)) {
            if (!M.isMutant && s.cb && s.gr[i].includes(fence))
              throw new Violation('a token got a fence twice');
            grant(t, i, fence, s.a[i].phase !== ASKING, M);
            t.own = tok(i);
          } else t.lea = s.lea === BEYOND ? SHORT : Math.max(s.lea, M.longLease ? LONG : SHORT);
          t.w = t.w.filter((x) => x !== i);
          yield [`acquire of ${i} granted (fence ${fence}), answer lost${note}`, t];
          if (s.a[i].outcome === 'crashed') continue;
          const h = clone(t),
            me = h.a[i];
          if (me.phase === ASKING) {
            me.phase = HANDLER;
            me.fence = fence;
            me.version = h.v;
            if (!M.checkBeforeLock) me.seen = M.noIds ? 0 : +((h.ids & bit(i)) !== 0);
            yield [`acquire of ${i} granted (fence ${fence})${note}`, h];
            if (note !== '') {
              const g = clone(t);
              send(g, `G${i}:${fence}`);
              yield [`acquire of ${i} granted (fence ${fence}), answer late${note}`, g];
            }
          } else {
            const isOver = M.releaseOtherFences ? me.fence !== fence : me.phase === OVER;
            if (isOver || M.releaseLateAlways) {
              releases(h, i, fence);
              yield [`late acquire of ${i} granted (fence ${fence}), released at once${note}`, h];
            }
          }
        }
      }
    }
    if (kind === 'C') {
      const unit = +args[1],
        v = +args[2],
        what = args[3],
        keep = what === 'k';
      for (const [t, note] of worlds()) {
        let answer = 'rejected';
        if (holds) {
          answer = 'done';
          if (v !== s.v)
            throw new Violation(`unit ${unit} of ${i} overwrites what it has not seen`);
          t.v = s.v + 1;
          t.ids |= bit(i);
          const mark = M.markOfAttempt ? `${i}` : `${i}@${f}`;
          t.mk = M.lastMarkOnly
            ? [mark]
            : [...s.mk.filter((x) => x.split('@')[0] !== `${i}`), mark].sort();
          t.a[i].accepted |= 1 << unit;
          if (keep) {
            if (!M.keepSameFence) t.fen = f + 1;
            t.c = Math.max(t.c, t.fen);
            t.lea = t.lea === BEYOND ? SHORT : Math.max(t.lea, SHORT);
          } else letGo(t, M, tok);
          if (what === 'c' && M.clearDeletes && t.own < 0) {
            t.ids = 0;
            t.mk = [];
            t.ex = 0;
            t.fen = 0;
          }
        } else if (keep && s.own === tok(i) && s.fen === f + 1) answer = 'already';
        yield [`commit of ${i} ${answer}, answer lost${note}`, t];
        const h = clone(t),
          me = h.a[i];
        if (me.phase !== COMMITTING || me.fence !== f || me.unit !== unit) continue;
        if (answer === 'rejected') me.phase = PROVING;
        else {
          me.effects |= 1 << unit;
          if (keep) {
            me.phase = HANDLER;
            me.unit = unit + 1;
            me.fence = M.keepSameFence ? f : f + 1;
            me.version = h.v;
          } else over(h, i, 'done');
        }
        yield [`commit of ${i} ${answer}${note}`, h];
      }
    }
    if (kind === 'R') {
      const ok = M.renewByToken ? s.own === tok(i) : holds;
      for (const [t, note] of worlds()) {
        if (ok) t.lea = LONG;
        yield [`renewal of ${i} ${ok ? 'done' : 'rejected'}${note}`, t];
      }
    }
    if (kind === 'L') {
      for (const [t, note] of worlds()) {
        if (holds) letGo(t, M, tok);
        yield [`release of ${i} ${holds ? 'done' : 'rejected'}${note}`, t];
      }
    }
  }
}

/** Lapses, a clock that goes back, the end of a cleared row. */
export function* rowSteps(s, sc, M) {
  const tok = (i) => tokenOf(i, sc, M);
  const bit = (i) => 1 << sc.attempts[i].update;
  if (s.own >= 0 && (s.lea === SHORT || s.lea === LONG) && s.b[LAPSE] > 0) {
    const t = clone(s);
    t.b[LAPSE]--;
    t.lea = LAPSED;
    sc.attempts.forEach((_, i) => {
      if (tok(i) === s.own) t.a[i].lapsed = 1;
    });
    yield ['the lease lapses', t];
  }
  if (s.b[BACK] > 0) {
    const t = clone(s);
    t.b[BACK]--;
    t.cb = 1;
    if (s.own >= 0) t.lea = BEYOND;
    yield ['the clock of the server goes back', t];
  }
  if (s.b[EXPIRE] > 0 && s.ex && s.ids && (s.own < 0 || s.lea === LAPSED)) {
    // a day after clear(): the row is deleted; what would be a redelivery is outside the promise now
    const t = clone(s);
    t.b[EXPIRE]--;
    t.a.forEach((me, i) => {
      if ((me.phase === IDLE || me.phase === ASKING) && s.ids & bit(i)) over(t, i, 'expired');
      if (me.phase >= HANDLER && me.phase !== OVER) me.tooOld = 1;
    });
    Object.assign(t, {
      own: -1,
      fen: 0,
      lea: LAPSED,
      ex: 0,
      z: 0,
      ids: 0,
      mk: [],
      w: [],
      v: s.v + 1,
    });
    yield ['the cleared row is deleted', t];
  }
}
