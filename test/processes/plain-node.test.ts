import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

describe('the testing kit under plain node', () => {
  const scenario = fileURLToPath(new URL('./plain-node.mjs', import.meta.url));
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const run = (...args: string[]) =>
    new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
      execFile(process.execPath, [scenario, ...args], { cwd }, (error, stdout, stderr) => {
        resolve({ code: error?.code ?? 0, stdout, stderr });
      });
    });

  it.each(['20', 'Infinity'])(
    'fails with a message for a handler that never ends, with a patience of %s',
    async (patience) => {
      const { code, stderr } = await run('hang', patience);
      expect(code).toBe(1);
      expect(stderr).toMatch(/The bot still handles update 1 \(message\).*Its handler waits/s);
      expect(stderr).toContain('Anna: hang');
    },
  );

  it('ends at once where everything has been handled', async () => {
    const { code, stdout } = await run('talk', '100000');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Anna: hi\nBot: hi\n' });
  });

  it('continues with a conversation that another process left in a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'telefsm-'));
    try {
      const file = join(folder, 'bot.db');
      const first = await run('ask', file, '/name');
      const second = await run('ask', file, 'Anna');
      expect(first).toMatchObject({ code: 0, stdout: 'Anna: /name\nBot: Your name?\n' });
      expect(second).toMatchObject({ code: 0, stdout: 'Anna: Anna\nBot: Hello, Anna!\n' });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
