/** The types of a tree, and the mistakes that do not compile; checked by tsc, never run. */

import { scene, type Turn, typed } from '@telefsm/core';
import { createMachine, type FsmAt } from '@telefsm/core/adapter';
import { z } from 'zod';
import { commandTree, isCommandError } from '../src/index.ts';

interface Services {
  readonly broker: { buy(stock: string, position: number): Promise<void> };
}
type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function numeric(checked: undefined): number;
declare function same<A, B>(...verdict: Same<A, B> extends true ? [] : [never]): undefined;

const tree = commandTree('t', { services: typed<Services>() });
const root = tree.root.flag('stock', '').flag(
  'count',
  () => 0,
  (now, before, { say }) => {
    same<typeof now, number>();
    same<typeof before, number>();
    say('%d', now);
  },
);

// Options: names and types of values are known in the action.
const buy = root
  .command('buy')
  .option('stock')
  .option('limit', { schema: z.coerce.number() })
  .option('size', { default: 1 })
  .option('when', { default: 'now', set: (value) => new Date(value) })
  .option('note', { prompt: 'A note?' })
  .option('tags', { default: [] as string[], schema: z.array(z.string()) })
  .action(({ options, flags, rest, services }) => {
    same<typeof options.stock, string>();
    same<typeof options.limit, number>();
    same<typeof options.size, string | number>();
    same<typeof options.when, Date>();
    same<typeof options.note, string>();
    same<typeof options.tags, string[]>();
    same<typeof flags.stock, string>();
    same<typeof flags.count, number>();
    same<typeof rest, readonly string[]>();
    services.broker.buy(options.stock, options.limit);
    // @ts-expect-error no such option
    options.nothing;
    // @ts-expect-error options are read-only
    options.stock = 'x';
    // @ts-expect-error flags are changed by setFlag
    flags.count = 1;
  });

// A setter sees text, or the default.
root
  .command('setter')
  .option('x', { default: 7, set: (value) => numeric(same<typeof value, string | number>()) });
root.command('setter2').option('x', { set: (value) => numeric(same<typeof value, string>()) });

// @ts-expect-error two options of one name
root.command('twice').option('a').option('a');
// @ts-expect-error a mandatory option after one with a default
root.command('order').option('a', { default: '1' }).option('b');
root
  .command('order2')
  .option('a', { default: '1' })
  // @ts-expect-error a mandatory option after one with a default, though it has an alias
  .option('b', { alias: ['c'] });
root
  .command('order3')
  .option('a', { default: '1' })
  .option('b', { default: '2' })
  .option('c', { prompt: 'c?' });

// A flag that was declared beside the chain is unknown to its commands: the sentence says to define them on what `flag` returns.
const aside = commandTree('aside');
aside.root.flag('count', 0);
aside.root.command('add').action(({ setFlag }) => {
  // @ts-expect-error no flag is declared for this command
  setFlag('count', 1);
});
const chained = aside.root.flag('total', 0);
chained.command('sum').action(({ setFlag }) => {
  setFlag('total', 1);
  // @ts-expect-error a flag is a number
  setFlag('total', '1');
  // @ts-expect-error 'totla' is not declared
  setFlag('totla', 1);
});

// Flags: parents' flags are seen below, and cannot be defined again.
const below = buy.state('below').flag('asked', false);
below.command('do').action(({ flags, setFlag }) => {
  same<typeof flags.stock, string>();
  same<typeof flags.asked, boolean>();
  setFlag('asked', true);
  setFlag('count', 1);
  // @ts-expect-error wrong type
  setFlag('asked', 1);
  // @ts-expect-error no such flag
  setFlag('nothing', 1);
});
// @ts-expect-error a flag of the parent
below.flag('stock', 1);
// @ts-expect-error a flag of its own
below.flag('asked', 1);

// Flags are stored, so they are JSON.
// @ts-expect-error a Date would come back as text
commandTree('dates').root.flag('day', new Date());
// @ts-expect-error also below other values, and beside them
commandTree('dates').root.flag('range', { from: new Date() } as string | { from: Date });
// @ts-expect-error so would one that a function makes
commandTree('dates').root.flag('day', () => new Date());
commandTree('json')
  .root.flag('note', undefined as string | undefined)
  .flag('list', [] as readonly { readonly id: number }[])
  .flag('mode', 'a' as 'a' | 'b')
  .command('x')
  .action(({ flags, setFlag }) => {
    same<typeof flags.mode, 'a' | 'b'>();
    setFlag('note', undefined);
    setFlag('list', [{ id: 1 }]);
  });

// Targets: states, what the turn shows, or nothing.
root.command('a').action(() => below);
root.command('b').action(async ({ state }) => state.parent);
root.command('c').action(() => {});
// @ts-expect-error an id is no state
root.command('d').action(() => 't:root');
// @ts-expect-error a command is no state
root.command('e').action(() => buy);
// @ts-expect-error a catch leads to states too
root.command('f').catch(() => 1);
// @ts-expect-error a condition decides
root.command('g').condition(() => 'yes');
// @ts-expect-error a finder finds commands
root.default(() => below);
root.default((input, { flags }) => {
  same<typeof input, string>();
  return flags.count > 0 ? buy : undefined;
});

// Global commands have no options, conditions and states of their own.
const back = tree.command('back').action(({ state, rest }) => {
  same<typeof rest, readonly string[]>();
  return state.parent;
});
tree.command('x').action((turn) => {
  // @ts-expect-error a global command has no flags to set
  turn.setFlag('stock', '');
});
// @ts-expect-error no options
back.option('a');
// @ts-expect-error no conditions
back.condition(() => true);
// @ts-expect-error no states
back.state('a');

// Services are asked for exactly when the tree needs some.
tree.chat('Bob', { services: { broker: { buy: async () => {} } }, commands: [buy, 'back'] });
tree.chat('Bob', {
  services: { broker: { buy: async () => {} } },
  commands: (command) => command === buy,
});
// @ts-expect-error the broker is missing
tree.chat('Bob');
// @ts-expect-error the broker is missing
tree.chat('Bob', { commands: [] });
// @ts-expect-error a wrong broker
tree.chat('Bob', { services: { broker: {} } });
commandTree('free').chat('Bob');
commandTree('free').chat('Bob', {});
// @ts-expect-error a permission is a command or a name
commandTree('free').chat('Bob', { commands: [1] });
// @ts-expect-error no length of time
commandTree('slow', { actionTimeout: 'soon' });

// A tree is a scene and a group: of a machine, for its services, for those who enter or call it.
createMachine({ states: [tree], initial: tree, services: { broker: { buy: async () => {} } } });
// @ts-expect-error the broker is missing
createMachine({ states: [tree], initial: tree });
createMachine({ states: [commandTree('free')] });
export const Hall = scene('hall').on({ handle: ({ call }) => call(tree) });
export function openAt(turn: Turn): void {
  turn.state.enter(tree);
  turn.state.enter(tree, {}, { params: { line: 'buy TSLA' } });
  // @ts-expect-error a line is text
  turn.state.enter(tree, {}, { params: { line: 1 } });
}

// The context of a machine with a list has the trees of the list, and no others.
export function enterFrom({ fsm }: FsmAt<'fsm', readonly [typeof tree, typeof Hall]>): void {
  fsm.enter(tree, {}, { params: { line: 'buy TSLA' } });
  fsm.call(tree);
  fsm.enter('t');
  fsm.enter(Hall);
  if (fsm.is(tree)) fsm.leave();
  // @ts-expect-error Scene 'aside' is not in this machine
  fsm.enter(aside);
  // @ts-expect-error a tree is a scene: it is entered
  fsm.set(tree);
}

// Errors are told apart by a closed list of codes.
export function explain(error: unknown): string {
  if (isCommandError(error, 'OPTIONS_NOT_FULFILLED')) {
    same<typeof error.args.missing, readonly string[]>();
    return error.output;
  }
  // @ts-expect-error no such code
  isCommandError(error, 'NO_SUCH_CODE');
  if (isCommandError(error)) {
    switch (error.code) {
      case 'UNKNOWN_OPTION':
        return error.args.key;
      default:
        return error.message;
    }
  }
  return '';
}
