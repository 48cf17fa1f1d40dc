/** Random programs of a stage: scenes and wizards whose handlers and hooks do random things, and what a user writes to them. */

import { telegram } from '@telefsm/testing';
import fc from 'fast-check';
import {
  type StageContext,
  type StageFramework,
  type StageHandler,
  telegrafItself,
} from './stages.ts';

/** One thing that a handler does. */
type Deed =
  | { readonly do: 'replies' | 'leaves' | 'reenters' | 'resets' | 'throws' | 'goes on' }
  | { readonly do: 'enters'; readonly scene: string; readonly silent: boolean }
  | { readonly do: 'sets'; readonly what: 'state' | 'all state' | 'session'; readonly to: number }
  | { readonly do: 'steps'; readonly by: 'next' | 'back' | 'select' | 'run'; readonly to: number };

/** A handler that catches what its calls throw, or not. */
type Script = readonly (Deed & { readonly isCaught?: boolean })[];

interface SceneProgram {
  readonly ttl: number | undefined;
  readonly enter: Script | undefined;
  readonly leave: Script | undefined;
  readonly hears: Script | undefined;
  readonly steps: readonly Script[];
}

/** A program, and the texts that a user sends. A number moves the clock by so many seconds. */
export interface StageProgram {
  readonly scenes: readonly SceneProgram[];
  readonly ofStage: Script | undefined;
  readonly options: { readonly ttl?: number; readonly default?: string };
  readonly texts: readonly (string | number)[];
}

/** Two scenes and two wizards. */
const ids = ['A', 'B', 'W', 'V'];
const just = <const T>(value: T) => fc.constant(value);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

/**
 * @param targets - the scenes that it may enter; hooks that enter only later ones come to an end
 * @param isStep - whether it belongs to a wizard
 */
function script(targets: readonly string[], isStep = false, isHook = false): fc.Arbitrary<Script> {
  const isCaught = fc.boolean();
  const to = fc.nat(3);
  const verbs = just(['leaves', 'resets', ...(isHook ? ['throws'] : ['reenters', 'goes on'])]);
  const deed: fc.Arbitrary<Deed>[] = [
    just({ do: 'replies' }),
    verbs.chain((all) => fc.record({ do: fc.constantFrom(...all), isCaught })) as never,
    fc.record({ do: just('sets'), what: fc.constantFrom('state', 'all state', 'session'), to }),
  ];
  const enters = { do: just('enters'), silent: fc.boolean(), isCaught };
  if (targets.length > 0) deed.push(fc.record({ ...enters, scene: fc.constantFrom(...targets) }));
  const by = fc.constantFrom('next', 'back', 'select', 'run');
  if (isStep) deed.push(fc.record({ do: just('steps'), by, to }));
  return fc.array(fc.oneof(...deed), { maxLength: 4 }).map(comparable);
}

/**
 * Leaves out what telefsm does otherwise, as "From Telegraf" says: what comes behind a move of a wizard. And a second `next`, which the
 * frameworks reject by errors of their own.
 */
function comparable(deeds: Script): Script {
  const at = deeds.findIndex(
    (deed) => deed.do !== 'replies' && deed.do !== 'sets' && !isStill(deed),
  );
  return deeds.filter(
    (deed, own) => at < 0 || own <= at || (deed.do !== 'steps' && deed.do !== 'goes on'),
  );
}

function isStill(deed: Deed): boolean {
  return deed.do === 'steps' && deed.by !== 'run';
}

/** A step that says that it runs. */
const said = (step: Script): Script => [{ do: 'replies' }, ...step];

const scene = (at: number): fc.Arbitrary<SceneProgram> =>
  fc.record({
    ttl: maybe(fc.constantFrom(5, 20)),
    enter: maybe(script(ids.slice(at + 1), false, true)),
    leave: maybe(script(ids, false, true)),
    hears: maybe(script(ids, at > 1)),
    // most wizards begin as they are written: ask, and wait at the next step
    steps: fc
      .tuple(script(ids.slice(at + 1), true, true), fc.array(script(ids, true), { maxLength: 2 }))
      .map(([first, rest]) => [[{ do: 'steps', by: 'next', to: 0 }, ...first], ...rest.map(said)]),
  });

/** All programs. */
export const stageProgram: fc.Arbitrary<StageProgram> = fc.record({
  scenes: fc.tuple(...ids.map((_, at) => scene(at))),
  ofStage: maybe(script(ids)),
  options: fc.record({ ttl: just(8), default: fc.constantFrom('A', 'W') }, { requiredKeys: [] }),
  texts: fc.array(
    fc.constantFrom(...ids.map((id) => `/${id}`), 'a', 'a', 'b', 'c', '/leave', '/again', 4, 9, 21),
    { minLength: 3, maxLength: 12 },
  ),
});

class Thrown extends Error {}

/** How many handlers one update may still run: some programs have no end. */
let left = 0;

function handlerOf(name: string, script: Script): StageHandler {
  return async (ctx, next) => {
    if (left-- === 0) throw new Error('endless');
    for (const { isCaught, ...deed } of script) {
      try {
        await does(deed, name, ctx, next);
      } catch (error) {
        if (isCaught !== true || !(error instanceof Thrown)) throw error;
        await ctx.reply(`${name} catches`);
      }
    }
  };
}

async function does(deed: Deed, name: string, ctx: StageContext, next: () => Promise<void>) {
  switch (deed.do) {
    case 'replies':
      return ctx.reply(`${name}: ${positionOf(ctx)}`);
    case 'enters':
      return ctx.scene.enter(deed.scene, { by: name }, deed.silent);
    case 'leaves':
      return ctx.scene.leave();
    case 'reenters':
      return ctx.scene.reenter();
    case 'resets':
      return ctx.scene.reset();
    case 'throws':
      throw new Thrown('thrown');
    case 'goes on':
      return next();
    case 'sets':
      if (deed.what === 'session') ctx.session = { ...ctx.session, n: deed.to };
      else if (deed.what === 'all state') ctx.scene.state = { all: deed.to };
      else ctx.scene.state['one'] = deed.to;
      return;
    case 'steps': {
      const { wizard } = ctx;
      if (deed.by === 'select') return wizard.selectStep(deed.to);
      if (deed.by === 'run') return wizard.steps[deed.to]?.(ctx, async () => {});
      return deed.by === 'next' ? wizard.next() : wizard.back();
    }
  }
}

function positionOf({ scene, session, wizard }: StageContext): string {
  // a wizard that was left has no cursor, whatever it is called
  const cursor = wizard === undefined ? '' : wizard.cursor || 0;
  return `${scene.current?.id} ${cursor} ${JSON.stringify([scene.state, session?.['n']])}`;
}

/**
 * Plays a program.
 *
 * @param setTime - sets the clock, in ms
 * @returns the conversation, and the error that has ended it
 */
export async function playStage(
  framework: StageFramework,
  { scenes, ofStage, options, texts }: StageProgram,
  setTime: (ms: number) => void,
): Promise<string> {
  const bot = framework.bot();
  const store = framework === telegrafItself && { store: jsonStore() };
  bot.use(framework.session({ defaultSession: () => ({}), ...store }));
  const made = ids.map((id, at) => {
    const { ttl, enter, leave, hears, steps } = scenes[at] as SceneProgram;
    const run = steps.map((step, number) => handlerOf(`${id} step ${number}`, step));
    const scene = at > 1 ? framework.wizard(id, ...run) : framework.scene(id);
    scene.ttl = ttl;
    if (enter !== undefined) scene.enter(handlerOf(`${id} entered`, enter));
    if (leave !== undefined) scene.leave(handlerOf(`${id} left`, leave));
    if (hears !== undefined) scene.hears(/^a$/, handlerOf(`${id} hears`, hears));
    if (at <= 1) scene.hears(/^b$/, run[0] as StageHandler);
    return scene;
  });
  const stage = framework.stage(made, options);
  if (ofStage !== undefined) stage.use(handlerOf('stage', ofStage));
  bot.use(stage as never);
  for (const id of ids) bot.command(id, (ctx) => ctx.scene.enter(id));
  bot.command('leave', (ctx) => ctx.scene.leave());
  bot.command('again', (ctx) => ctx.scene.reenter());
  bot.use((ctx) => ctx.reply(`bot: ${positionOf(ctx)}`));
  const world = telegram(bot.bot);
  const anna = world.user('Anna');
  let time = 1_800_000_000_000;
  for (const text of texts) {
    if (typeof text === 'number') time += text * 1000;
    setTime(time);
    if (typeof text === 'number') continue;
    left = 60;
    try {
      await anna.sends(text);
    } catch (error) {
      return `${world.transcript()}\n${/thrown/.test(String(error)) ? 'thrown' : String(error)}`;
    }
  }
  return world.transcript();
}

/** As bots keep sessions: an object that a handler changes after the update is not what is stored. */
function jsonStore() {
  const texts = new Map<string, string>();
  return {
    get: async (key: string) => JSON.parse(texts.get(key) ?? 'null') ?? undefined,
    set: async (key: string, value: object) => void texts.set(key, JSON.stringify(value)),
    delete: async (key: string) => void texts.delete(key),
  };
}
