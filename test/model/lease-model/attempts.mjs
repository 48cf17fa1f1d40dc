/** The next steps of an attempt: ask, work, commit, look for proof, give up, crash. */

import { releases, send } from './grants.mjs';
import {
  ASKING,
  COMMITTING,
  CRASH,
  clone,
  HANDLER,
  IDLE,
  OVER,
  over,
  PROVING,
  RENEW,
} from './world.mjs';

/** All that attempts may do next: [what, next world]. */
export function* attemptSteps(s, sc, M) {
  const n = sc.attempts.length;
  const bit = (i) => 1 << sc.attempts[i].update;
  for (let i = 0; i < n; i++) {
    const { phase, fence: f, version: v, unit, seen } = s.a[i];
    const { process, program } = sc.attempts[i];
    if (phase === IDLE) {
      // the local queue: one attempt of a process at a time talks to the storage
      const isHead = sc.attempts.every(
        (o, j) => j >= i || o.process !== process || s.a[j].phase === OVER,
      );
      if (isHead) {
        const t = clone(s);
        t.a[i].phase = ASKING;
        if (M.checkBeforeLock) t.a[i].seen = +((s.ids & bit(i)) !== 0);
        send(t, `A${i}`);
        yield [`${i} asks`, t];
      }
      continue;
    }
    if (phase === OVER) continue;
    if (s.b[CRASH] > 0) {
      const t = clone(s);
      t.b[CRASH]--;
      over(t, i, 'crashed');
      yield [`${i} crashes`, t];
    }
    if (phase === ASKING) {
      const t = clone(s);
      over(t, i, 'failed');
      yield [`${i} gives up asking`, t];
    }
    if (phase === HANDLER) {
      if (seen) {
        const t = clone(s);
        over(t, i, 'duplicate');
        releases(t, i, f);
        yield [`${i} skips a duplicate`, t];
        continue;
      }
      const what = program[unit];
      if (s.b[RENEW] > 0) {
        const t = clone(s);
        t.b[RENEW]--;
        send(t, `R${i}:${f}`);
        yield [`${i} renews`, t];
      }
      const t = clone(s);
      if (what === 't') {
        over(t, i, 'threw');
        releases(t, i, f);
        yield [`${i} throws`, t];
      } else if (what === 'n') {
        over(t, i, 'nothing');
        releases(t, i, f);
        yield [`${i} changed nothing`, t];
      } else {
        t.a[i].phase = COMMITTING;
        send(t, `C${i}:${f}:${unit}:${v}:${what}`);
        yield [`${i} commits unit ${unit}`, t];
      }
    }
    if (phase === COMMITTING || phase === PROVING) {
      const t = clone(s);
      over(t, i, 'unknown');
      releases(t, i, f);
      yield [`${i} gives up its commit`, t];
    }
    if (phase === PROVING) {
      const t = clone(s),
        me = t.a[i];
      const mark = M.markOfAttempt ? `${i}` : `${i}@${f}`;
      const kept = M.believeRefusal
        ? false
        : M.proofById
          ? (s.ids & bit(i)) !== 0
          : s.mk.includes(mark);
      if (kept) {
        me.effects |= 1 << unit;
        over(t, i, program[unit] === 'k' ? 'kept, then lost' : 'done');
      } else if (me.tooOld && !M.proofForEver) over(t, i, 'unknown');
      else over(t, i, s.ids & bit(i) ? 'lost, duplicate' : 'lost');
      yield [`${i} looks for its mark`, t];
    }
  }
}
