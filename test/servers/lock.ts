/** One process at a time, for what several test files may want to install at once. */

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Does some work while no other process does work of the same name; a lock of a process that has ended is taken over.
 *
 * @param name - of the work, on this machine
 */
export async function locked(name: string, work: () => Promise<void>): Promise<void> {
  const folder = join(tmpdir(), `telefsm-${name}.lock`);
  const holder = join(folder, 'pid');
  for (;;) {
    const mine = await mkdir(folder).then(
      () => true,
      () => false,
    );
    if (mine) break;
    const pid = Number(await readFile(holder, 'utf8').catch(() => '0'));
    if (pid > 0 && !isAlive(pid)) await rm(folder, { recursive: true, force: true });
    else await pause(200);
  }
  await writeFile(holder, String(process.pid));
  try {
    await work();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
