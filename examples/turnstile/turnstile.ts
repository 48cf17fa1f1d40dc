/** The turnstile as a tree of commands: a coin unlocks it, a push goes through and locks it again. */

import { commandTree } from '@telefsm/commands';

/** The same tree runs headless and on both frameworks. */
export const turnstile = commandTree('turnstile', { description: 'Coin and push' });

const coin = turnstile.root.command('coin').describe('Insert a coin');
const unlocked = coin.state('unlocked');
coin.action(({ say }) => {
  say('unlocked');
  return unlocked;
});
turnstile.root.command('push').action(({ say }) => say('locked: insert a coin'));
unlocked.command('push').action(({ say }) => say('you are through'));
unlocked.command('coin').action(({ say, state }) => {
  say('your coin is returned');
  return state;
});
