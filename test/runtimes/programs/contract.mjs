/** Runs every rule of the storage contract, without a test runner. */

import { storageContract } from '@telefsm/testing';

/** Prints `ok N` and exits, or prints each broken rule and exits with 1. */
export async function judge(make, options = {}) {
  const failures = [];
  const rules = storageContract(make, options);
  for (const rule of rules) {
    try {
      await rule.run();
    } catch (error) {
      failures.push(`${rule.title}: ${error?.stack ?? error}`);
    }
  }
  if (failures.length > 0 || rules.length === 0) {
    console.log([`${failures.length} of ${rules.length} rules broken`, ...failures].join('\n'));
    process.exit(1);
  }
  console.log(`ok ${rules.length}`);
  process.exit(0);
}
