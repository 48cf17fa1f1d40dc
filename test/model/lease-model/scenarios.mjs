/** The scenarios of the lease model, and the mistakes that it must find. */

// process, update, program: k = commit() and go on, f = final commit, c = clear(), t = throw, n = change nothing
const at = (process, update, program) => ({ process, update, program });
// `full`: the larger budgets of TELEFSM_MODEL=full
export const scenarios = {
  'redelivery and another update, three processes': {
    attempts: [at(0, 1, 'f'), at(1, 1, 'f'), at(2, 2, 'f')],
    copies: 2,
    lapses: 1,
    full: { lapses: 2 },
  },
  'two updates in one process, redelivery in another': {
    attempts: [at(0, 1, 'f'), at(0, 2, 'f'), at(1, 1, 'f')],
    copies: 2,
    lapses: 1,
    crashes: 1,
    full: { lapses: 2 },
  },
  'commit() and go on, redelivery': {
    attempts: [at(0, 1, 'kf'), at(1, 1, 'kf')],
    copies: 2,
    lapses: 1,
    crashes: 1,
    full: { copies: 3, lapses: 2 },
  },
  'commit() and go on, another update': {
    attempts: [at(0, 1, 'kf'), at(1, 2, 'f'), at(2, 1, 'f')],
    copies: 1,
    lapses: 1,
    full: { copies: 2 },
  },
  'commit() then throw': {
    attempts: [at(0, 1, 'kt'), at(1, 1, 'kt'), at(2, 2, 'f')],
    copies: 1,
    lapses: 1,
    full: { copies: 2 },
  },
  'redelivery to the same process': {
    attempts: [at(0, 1, 'f'), at(0, 1, 'f'), at(1, 2, 'f')],
    copies: 2,
    lapses: 1,
  },
  'renewals, late acquires': {
    attempts: [at(0, 1, 'f'), at(1, 2, 'f')],
    copies: 2,
    lapses: 2,
    renewals: 1,
    crashes: 1,
    full: { renewals: 2 },
  },
  'empty rows are deleted, clock goes back': {
    attempts: [at(0, 1, 'n'), at(1, 2, 'f')],
    copies: 2,
    lapses: 1,
    back: 1,
  },
  'clear(), end of the cleared row, clock goes back': {
    attempts: [at(0, 1, 'c'), at(1, 2, 'f')],
    copies: 2,
    lapses: 1,
    expiry: 1,
    back: 1,
  },
  'clear(), redelivery': {
    attempts: [at(0, 1, 'c'), at(1, 1, 'c')],
    copies: 2,
    lapses: 2,
    expiry: 1,
  },
  'hand-over to waiters': {
    attempts: [at(0, 1, 'f'), at(1, 2, 'f'), at(2, 1, 'f')],
    copies: 1,
    lapses: 1,
    queue: true,
    full: { copies: 2 },
  },
};
export const mutants = {
  'first edition: tokens only, no fence': { firstEdition: true },
  'fence: a counter that a deletion resets': { rowCounter: true, look: 'end of' },
  'commit names the fence without the token': { fenceOnly: true, look: 'end of' },
  'a continuing commit does not change the fence': {
    keepSameFence: true,
    look: 'go on, redelivery',
  },
  'the same token gets a new fence': { newFenceAlways: true },
  "proof by the update's id": { proofById: true, look: 'two updates' },
  'proof by the last mark only': { lastMarkOnly: true, look: 'go on, another' },
  'mark of the attempt, not of the commit': { markOfAttempt: true, look: 'go on, redelivery' },
  'a refusal is believed without proof': { believeRefusal: true },
  'proof without an end': { proofForEver: true, look: 'clear(), redelivery' },
  'no set of ids': { noIds: true },
  'clear() deletes the ids': { clearDeletes: true, look: 'clear(), redelivery' },
  'id looked up before the lease': { checkBeforeLock: true },
  'token per update, not per attempt': { tokenPerUpdate: true, look: 'same process' },
  'long first lease': { longLease: true, look: 'renewals' },
  'renewal by token only': { renewByToken: true, look: 'renewals' },
  'late grants are released always': { releaseLateAlways: true, look: 'renewals' },
  'late grants of another fence are released while the turn runs': {
    releaseOtherFences: true,
    look: 'go on, redelivery',
  },
  'a lock beyond the longest lease stays': { noClamp: true, look: 'empty' },
  'a lock beyond the longest lease is void': { voidLocks: true, look: 'empty' },
};
