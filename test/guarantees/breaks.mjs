/**
 * For each guarantee of the project one deliberate break of the code, and the test files of `npm test` that must find it.
 *
 * `find` occurs in the file exactly once, and is replaced by `replace`. `sharpen` says what the break does not show yet.
 *
 * @type {readonly {
 *   readonly guarantee: string, readonly breaks: string, readonly file: string, readonly find: string,
 *   readonly replace: string, readonly tests: readonly string[], readonly sharpen?: string,
 * }[]}
 */
export const breaks = [
  {
    guarantee: '1. A turn is a transaction',
    breaks: 'a commit in the middle of a turn writes nothing',
    file: 'packages/core/src/transaction/turn.ts',
    find: '? commitNow(this, isInside)\n        : before.then(() => commitNow(this, false));',
    replace: '? Promise.resolve()\n        : before;',
    tests: ['packages/core/test/commit.test.ts'],
  },
  {
    guarantee: '2. A throwing handler rolls the record back',
    breaks: 'what a handler changed before it threw is not undone, and is written',
    file: 'packages/core/src/transaction/endings.ts',
    find: "  rollBack(turn);\n  turn.phase = 'failed';\n  await lease?.release();",
    replace: "  turn.phase = 'failed';\n  await commitId(turn);",
    tests: ['packages/core/test/turn.test.ts', 'test/behavior/turns.test.ts'],
  },
  {
    guarantee: '3. Turns of one conversation never overlap',
    breaks: 'an update does not wait for the one before it',
    file: 'packages/core/src/lease/queue.ts',
    find: 'if (heads.get(key)?.hasLeft === false) return undefined;',
    replace: '',
    tests: ['packages/core/test/order.test.ts', 'test/behavior/turns.test.ts'],
  },
  {
    guarantee: '4. A late writer never wins',
    breaks: 'SQLite accepts a late commit under the fence of an earlier grant',
    file: 'packages/storage-sqlite/src/statements.ts',
    find: "const ofHolder = 'key = ? and owner = ? and fence = ?';",
    replace: "const ofHolder = 'key = ? and owner = ? and (fence = ? or 1)';",
    tests: ['packages/storage-sqlite/test/contract.test.ts'],
  },
  {
    guarantee: '5. A process takes credit only for its own commit',
    breaks: 'a commit that was refused counts as accepted',
    file: 'packages/core/src/lease/shared-lease.ts',
    find: "const isAccepted = said !== undefined && said !== 'rejected';",
    replace: 'const isAccepted = said !== undefined;',
    tests: ['packages/core/test/leases.test.ts', 'packages/core/test/commit.test.ts'],
  },
  {
    guarantee: '6. A redelivered update moves the state once',
    breaks: 'the id of an update is not looked for in the record',
    file: 'packages/core/src/transaction/transact.ts',
    find: 'hasSeen(record?.ids ?? noIds, job.id) ||',
    replace: '(hasSeen(record?.ids ?? noIds, job.id) && false) ||',
    tests: ['packages/core/test/duplicates.test.ts'],
  },
  {
    guarantee: '7. Deadlines are committed once, in any process',
    breaks: 'a timer fires before it is due',
    file: 'packages/core/src/transaction/deadlines.ts',
    find: 'at + waited <= now',
    replace: 'at > waited',
    tests: ['packages/core/test/deadlines.test.ts'],
  },
  {
    guarantee: '8. Load makes turns wait, never fail',
    breaks: 'the second update that waits is rejected',
    file: 'packages/core/src/machine/updates.ts',
    find: "policy === 'queue' && rt.queues.waiting(key) < rt.options.waiting.limit",
    replace: "policy === 'queue' && rt.queues.waiting(key) < 1",
    tests: ['packages/core/test/order.test.ts', 'packages/core/test/waiting.test.ts'],
  },
  {
    guarantee: '9. Waiting rules do not depend on who holds the conversation',
    breaks: 'nothing is answered early while an update waits',
    file: 'packages/core/src/machine/busy.ts',
    find: 'const timer = timerOf(rt, busy);',
    replace: 'const timer = timerOf && undefined;',
    tests: ['packages/core/test/waiting.test.ts', 'packages/core/test/leases.test.ts'],
  },
  {
    guarantee: '10. Clock jumps are harmless',
    breaks: 'leases are measured by the wall clock',
    file: 'packages/core/src/lease/shared-lease.ts',
    find: 'if (this.#until - clock.monotonic() > (this.#length * 2) / 3) return;',
    replace: 'if (this.#until - clock.now() > (this.#length * 2) / 3 || clock.now() > 0) return;',
    tests: ['packages/core/test/leases.test.ts', 'packages/core/test/faults.test.ts'],
  },
  {
    guarantee: '11. Nothing a user sends stops a bot',
    breaks: 'an answer that a schema rejects is taken',
    file: 'packages/core/src/scene/flow/answer.ts',
    find: 'if (result.issues !== undefined) {',
    replace: 'if (result.issues === null) {',
    tests: ['packages/core/test/flow/flow.test.ts', 'packages/core/test/schemas.test.ts'],
  },
  {
    guarantee: '12. Money is taken only for what was asked',
    breaks: 'an invoice with another payload is paid',
    file: 'packages/core/src/scene/flow/payment.ts',
    find: "    textIn(paid, 'invoice_payload') === payload &&\n",
    replace: '',
    tests: ['test/behavior/payments.test.ts'],
  },
  {
    guarantee: '13. Only what a question offers counts',
    breaks: 'a button of an earlier question is taken',
    file: 'packages/core/src/scene/flow/press.ts',
    find: '  if (!isTokenOf(button.question, pending)) return stale();\n',
    replace: '',
    tests: ['packages/core/test/flow'],
  },
  {
    guarantee: '14. A deploy leaves no user stuck',
    breaks: 'a state that the code does not know is not noticed',
    file: 'packages/core/src/transaction/unknown-state.ts',
    find: 'if (!registry.strict && registry.scenes.size === 0) return found;',
    replace: 'if (registry !== undefined) return found;',
    tests: ['packages/core/test/policy.test.ts', 'packages/core/test/flow/deploy.test.ts'],
  },
];
