/** How long ten updates of one conversation take when two processes have five each, against one process that has all. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Job, Said, Told } from '../processes/bot.ts';
import type { Address } from '../processes/engines.ts';
import { bundle } from '../servers/processes.ts';

const updates = 10;

/**
 * Measures one storage.
 *
 * @param address - where the conversations are
 * @param rounds - the median of so many is given
 * @returns the time of two processes, divided by that of one
 */
export async function contention(address: Address, rounds: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'telefsm-contention-'));
  const program = await bundle(new URL('../processes/bot.ts', import.meta.url));
  const bots = [0, 1].map((n) => {
    const job: Job = { name: `p${n}`, address, log: join(folder, 'log') };
    return program.start<Said, Told>(job);
  });
  for (const bot of bots) await bot.next();
  let chat = 0;
  const run = async (share: readonly number[]): Promise<number> => {
    chat++;
    const began = performance.now();
    await Promise.all(
      share.map(async (count, n) => {
        const bot = bots[n];
        const order = (at: number) => ({ id: at * 10 + n + 1, chat, text: 'slow' as const });
        bot?.tell({ handle: Array.from({ length: count }, (_, at) => order(at)) });
        while (bot !== undefined && !('all' in (await bot.next())));
      }),
    );
    return performance.now() - began;
  };
  try {
    await run([updates]);
    const ratios: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const alone = await run([updates]);
      ratios.push((await run([updates / 2, updates / 2])) / alone);
    }
    ratios.sort((a, b) => a - b);
    return ratios[Math.floor(rounds / 2)] ?? Number.NaN;
  } finally {
    for (const bot of bots) await bot.kill();
    await program.remove();
    await rm(folder, { recursive: true, force: true });
  }
}
