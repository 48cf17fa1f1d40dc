/** The world of the lease model: one row, its attempts, and requests on their way. */

// Phases of an attempt
export const IDLE = 0,
  ASKING = 1,
  HANDLER = 2,
  COMMITTING = 3,
  PROVING = 4,
  OVER = 9;
// Lease: lapsed or free, short, long, further away than any lease (the clock went back)
export const LAPSED = 0,
  SHORT = 1,
  LONG = 2,
  BEYOND = 3;

export class Violation extends Error {}

/**
 * A world at its beginning.
 *
 * Of the row: owner, fence, lease, whether it exists, whether its grant is late (`z`), version, ids as bits, marks, waiters. `c` is the largest
 * fence so far, `cb` whether the clock went back. `a` are the attempts; bits of `accepted` and `effects` are units. `net` are requests that may still
 * be executed, `gr` the fences of each token, `b` what is left of the budgets.
 */
export const first = (sc) => ({
  own: -1,
  fen: 0,
  lea: LAPSED,
  ex: 0,
  z: 0,
  v: 0,
  ids: 0,
  mk: [],
  w: [],
  c: 0,
  cb: 0,
  a: sc.attempts.map(() => ({
    phase: IDLE,
    outcome: '',
    fence: 0,
    version: 0,
    unit: 0,
    seen: 0,
    accepted: 0,
    effects: 0,
    lapsed: 0,
    tooOld: 0,
  })),
  net: [],
  gr: sc.attempts.map(() => []),
  b: [
    sc.copies ?? 0,
    sc.lapses ?? 0,
    sc.crashes ?? 0,
    sc.renewals ?? 0,
    sc.expiry ?? 0,
    sc.back ?? 0,
  ],
});
export const COPY = 0,
  LAPSE = 1,
  CRASH = 2,
  RENEW = 3,
  EXPIRE = 4,
  BACK = 5;
export const clone = (s) => ({
  own: s.own,
  fen: s.fen,
  lea: s.lea,
  ex: s.ex,
  z: s.z,
  v: s.v,
  ids: s.ids,
  mk: s.mk.slice(),
  w: s.w.slice(),
  c: s.c,
  cb: s.cb,
  a: s.a.map((x) => ({ ...x })),
  net: s.net.slice(),
  gr: s.gr.map((x) => x.slice()),
  b: s.b.slice(),
});
export const keyOf = (s, sc) =>
  `${s.own},${s.fen},${s.lea},${s.ex},${s.z},${s.v},${s.ids},${s.mk},${s.w},${s.c},${s.cb}|${s.a.map((each) => Object.values(each).join()).join('/')}|${s.net.join(' ')}|${s.b}|${sc.back ? s.gr.join('/') : ''}`;

const over0 = new Set([
  'done',
  'unknown',
  'failed',
  'threw',
  'nothing',
  'duplicate',
  'kept, then lost',
  'expired',
]);
/**
 * Forgets what can make no difference any more, after the checks: details of attempts that are over; marks and versions nobody can ask about; the
 * absolute values of fences (their order and neighborhood stay). In the second edition a token never gets a fence twice (asserted at each grant),
 * so requests under another grant than the row's are refused for ever: they go, unless somebody waits for the refusal. Mutants keep them.
 */
export function normalise(t, _sc, isMutant) {
  for (const me of t.a)
    if (me.phase === OVER) {
      if (over0.has(me.outcome)) {
        me.outcome = 'over';
        me.unit = 0;
      }
      me.fence = me.version = me.seen = me.tooOld = 0;
      me.lapsed = 1;
    }
  t.mk = t.mk.filter((m) => {
    const [i, f] = m.split('@');
    return (
      t.a[+i].phase >= HANDLER && t.a[+i].phase <= PROVING && (isMutant || +f === t.a[+i].fence)
    );
  });
  const fresh = t.v !== 0;
  if (fresh)
    for (const me of t.a)
      me.version =
        me.phase === HANDLER || me.phase === COMMITTING ? (me.version === t.v ? 0 : 9) : 0;
  if (!isMutant)
    t.net = t.net.filter((m) => {
      if (m[0] === 'A' || m[0] === 'G') return true;
      const [head, f] = m.split(':'),
        i = +head.slice(1);
      return (
        (t.own === i && t.fen === +f) ||
        (m[0] === 'C' && t.a[i].phase === COMMITTING && t.a[i].fence === +f)
      );
    });
  if (fresh)
    t.net = t.net.map((m) => {
      if (m[0] !== 'C') return m;
      const p = m.split(':');
      p[3] = +p[3] === t.v ? 0 : 9;
      return p.join(':');
    });
  t.v = 0;
  if (t.cb || t.b[BACK] > 0 || isMutant) {
    if (fresh) t.net.sort();
    return;
  }
  const used = new Set([t.fen]);
  for (const me of t.a) if (me.phase >= HANDLER && me.phase <= PROVING) used.add(me.fence);
  for (const m of t.net) if (m[0] !== 'A') used.add(+m.split(':')[1]);
  const names = new Map([[0, 0]]);
  let last = 0,
    before = 0;
  for (const f of [...used].sort((a, b) => a - b)) {
    if (f === 0) continue;
    last += f - before === 1 && before ? 1 : 2;
    names.set(f, last);
    before = f;
  }
  t.fen = names.get(t.fen);
  for (const me of t.a)
    if (me.phase >= HANDLER && me.phase <= PROVING) me.fence = names.get(me.fence);
  t.mk = t.mk.map((m) => {
    const [i, f] = m.split('@');
    return `${i}@${names.get(+f)}`;
  });
  t.net = t.net
    .map((m) => {
      if (m[0] === 'A') return m;
      const p = m.split(':');
      p[1] = names.get(+p[1]);
      return p.join(':');
    })
    .sort();
  t.c = last;
}

/** Ends an attempt. */
export function over(t, i, outcome) {
  t.a[i].phase = OVER;
  t.a[i].outcome = outcome;
}
