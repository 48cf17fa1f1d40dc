/** Networks between a bot and its storage that fail, lose answers or delay them, in the same way in each run. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { driverError, type Network } from '../../../packages/core/test/fixtures/text-storage.ts';

/** A network treats every so many calls differently. */
export const networks = {
  /** The call never reaches the storage. */
  fails: (nth: number) =>
    everyOther(nth, () => {
      throw driverError('retry');
    }),
  /** The storage executes the call, and its answer is lost. */
  'loses answers': (nth: number) =>
    everyOther(nth, async (call) => {
      await call.execute();
      throw driverError('retry');
    }),
  /** The call takes longer than others. */
  delays: (nth: number) =>
    everyOther(nth, async (call) => {
      await nextTurn();
      const answer = await call.execute();
      for (let turns = 0; turns < 4; turns++) await nextTurn();
      return answer;
    }),
};

/** The other calls pass, and so do those of the test, which peeks. */
function everyOther(nth: number, network: Network): Network {
  let count = 0;
  return (call) => {
    if (call.operation === 'peek' || ++count % nth > 0) return call.execute();
    return network(call);
  };
}
