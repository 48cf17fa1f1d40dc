/** Explores a bot: walks it with generated input, and reports what is wrong with it by the shortest way there. */
import { FsmError } from '@telefsm/core';
import { describeMachine } from '@telefsm/core/tools';
import fc from 'fast-check';
import { type Atlas, newAtlas, type Sighting } from './atlas.ts';
import { chooseMove, type Draw, pick, type Repertoire, repertoireOf } from './choose.ts';
import type { Explored, ExploreWorld } from './explored.ts';
import { type FaultKind, findingsIn } from './fault.ts';
import { lineOf, type Move } from './move.ts';
import { type Coverage, type Exploration, type Fault, reportOf } from './report.ts';
import { shortest } from './shortest.ts';
import { type Outcome, startWalk, type Walk } from './walk.ts';

/** Options of {@link explore}. */
export interface ExploreOptions {
  /** Chooses the walks; the same seed walks the same ways. 1 when left out. */
  readonly seed?: number;
  /** How many walks; 100 when left out. As many again are made while states are left that no walk came to. */
  readonly runs?: number;
  /** How many moves each walk adds to a way that is known; 20 when left out. */
  readonly steps?: number;
  /** Texts of users that nothing could guess: coupons, passwords, words that a choice depends on. */
  readonly texts?: readonly string[];
  /** The length of the longest text that users write; 1000 when left out. Telegram lets them write 4096. */
  readonly longest?: number;
  /** Where users write; `"private"` when left out. */
  readonly chat?: 'private' | 'group';
  /** Ms of real time that a move waits for the bot to finish; 5000 when left out. Then `explore` rejects, with what led there. */
  readonly patience?: number;
  /** Reports also what many bots leave out on purpose: answers to late presses, and to kinds of input that a state never takes. */
  readonly strict?: boolean;
  /** Kinds of faults that are not looked for. */
  readonly ignore?: readonly FaultKind[];
}

/**
 * Walks a bot with texts, commands, presses, photos, time and redeliveries, and reports its faults.
 *
 * `make` is called for every walk. It must keep nothing from one walk to the next: no storage but the one it is given, and no chance, or
 * the same seed won't find the same. The machine need not be started. Work that the bot does without waiting for it is not watched.
 *
 * @param make - makes the bot, and its machine if it has one, with the clock and storage of a walk
 * @throws whatever `make` throws; FsmError `INVALID_OPTION` for a number that would walk nowhere, and so find nothing;
 * an error that names the update, where the bot does not finish with one
 *
 * @example
 * ```ts
 * import { explore } from '@telefsm/testing';
 * import { Bot } from 'grammy';
 *
 * const { faults, report } = await explore(() => {
 *   const bot = new Bot('1:test');
 *   bot.command('start', (ctx) => ctx.reply('Hello!'));
 *   return { bot };
 * });
 * if (faults.length > 0) console.log(report);
 * ```
 */
export async function explore(
  make: (world: ExploreWorld) => Explored | Promise<Explored>,
  options: ExploreOptions = {},
): Promise<Exploration> {
  const { seed = 1, runs = 100, steps = 20, texts = [], longest = 1000 } = options;
  const { chat = 'private', strict = false, ignore = [], patience } = options;
  requireWhole({ runs, steps, longest });
  let machine: Explored['machine'];
  const start = () =>
    startWalk(
      async (world) => {
        const made = await make(world);
        machine = made.machine;
        return made;
      },
      chat,
      patience,
    );
  await (await start()).end();
  const description = machine && describeMachine(machine);
  const plan: Plan = {
    start,
    steps,
    strict,
    atlas: newAtlas(description),
    repertoire: repertoireOf(description, machine?.botCommands() ?? [], { texts, longest }),
    sightings: new Map(),
    tally: { walks: 0, moves: 0 },
  };
  await walkOften(plan, seed, runs);
  if (plan.atlas.unvisited.length > 0) await walkOften(plan, seed + 1, runs);

  // the same fault may show at once and over all walks
  const lasting = plan.atlas
    .findings(strict)
    .filter(({ finding }) => !plan.sightings.has(finding.key));
  const found = [...plan.sightings.values(), ...lasting];
  const faults: Fault[] = [];
  for (const sighting of found) {
    if (!ignore.includes(sighting.finding.kind)) faults.push(await faultOf(sighting, plan));
  }
  const { states, unvisited, passages } = plan.atlas;
  const coverage: Coverage = { ...plan.tally, states, unvisited, transitions: passages };
  return { seed, faults, coverage, report: reportOf({ seed, faults, coverage }) };
}

function requireWhole(numbers: { readonly [option: string]: number }): void {
  for (const [option, found] of Object.entries(numbers)) {
    if (Number.isInteger(found) && found > 0) continue;
    const expected = 'a whole number from 1';
    throw new FsmError('INVALID_OPTION', { option, expected, found: String(found) });
  }
}

interface Plan {
  start(): Promise<Walk>;
  readonly steps: number;
  readonly strict: boolean;
  readonly atlas: Atlas;
  readonly repertoire: Repertoire;
  /** Faults of single moves, by key. */
  readonly sightings: Map<string, Sighting>;
  readonly tally: { walks: number; moves: number };
}

async function walkOften(plan: Plan, seed: number, numRuns: number): Promise<void> {
  const walks = fc.asyncProperty(fc.gen(), (draw) => walkOnce(plan, draw));
  const { failed, errorInstance } = await fc.check(walks, { seed, numRuns, endOnFailure: true });
  if (failed) throw errorInstance;
}

async function walkOnce(plan: Plan, draw: Draw): Promise<void> {
  const { start, steps, atlas, repertoire, tally } = plan;
  const way = pick(draw, pick(draw, atlas.ways()));
  const walk = await start();
  const path: Move[] = [];
  tally.walks += 1;
  try {
    // a repeated step is not a try: else a state at the beginning of long ways would seem to be tried enough
    for (const move of way) await go(plan, walk, move, path);
    for (let at = 0; at < steps; at++) {
      await step(plan, walk, await chooseMove(draw, walk, atlas, repertoire), path);
    }
  } finally {
    atlas.pass(walk.passages);
    await walk.end();
  }
}

/** Does a move. */
async function go(
  { tally }: Plan,
  walk: Walk,
  move: Move,
  path: Move[],
): Promise<Outcome | undefined> {
  const outcome = await walk.go(move);
  if (outcome === undefined) return undefined;
  path.push(move);
  tally.moves += 1;
  return outcome;
}

/** Does a move, and keeps what it showed. */
async function step(plan: Plan, walk: Walk, move: Move, path: Move[]): Promise<void> {
  const outcome = await go(plan, walk, move, path);
  if (outcome === undefined) return;
  const taken = [...path];
  plan.atlas.note(outcome, taken, await walk.data('who' in move ? move.who : 'Anna'));
  for (const finding of findingsIn(outcome, plan.strict)) {
    const known = plan.sightings.get(finding.key);
    if (known !== undefined && known.path.length <= taken.length) continue;
    plan.sightings.set(finding.key, { finding, path: taken });
  }
}

async function faultOf({ finding, path }: Sighting, plan: Plan): Promise<Fault> {
  const found =
    path.length === 0 ? { finding, path, transcript: '' } : await shortest(finding, path, plan);
  const { kind, message, state } = found.finding;
  return { kind, message, state, path: found.path.map(lineOf), transcript: found.transcript };
}
