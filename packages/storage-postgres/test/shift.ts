/** Times that pass at once, for rules about what happens later. */

import type { PostgresClient } from '../src/client.ts';
import { driverOf } from '../src/driver.ts';
import { toStorable } from '../src/text.ts';

/** Moves every stored instant of a conversation. */
export async function shiftIn(
  client: PostgresClient,
  schema: string,
  key: string,
  ms: number,
): Promise<void> {
  const by = "$2::float8 * interval '1 ms'";
  const driver = driverOf(client);
  await driver.query(
    `update ${schema}.telefsm_conversation set lease_until = lease_until + ${by},
      deadline_at = deadline_at + ${by}, wake_at = wake_at + ${by}, expires_at = expires_at + ${by}
      where key = $1::text`,
    [toStorable(key), ms],
  );
  driver.detach();
}
