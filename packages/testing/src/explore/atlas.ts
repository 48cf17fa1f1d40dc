/** The knowledge of a bot over all walks: its states, the ways to them, the actions tried in each, and dead ends. */
import type { MachineDescription } from '@telefsm/core/adapter';
import { deadEndKey, type Finding, inputKindOf, inState } from './fault.ts';
import type { Move } from './move.ts';
import type { Outcome, Passage } from './walk.ts';

/** A path with what can be shown by doing it again. */
export interface Sighting {
  readonly finding: Finding;
  readonly path: readonly Move[];
}

/** A way to a state, and what a conversation that went it has collected. */
interface Way {
  readonly path: readonly Move[];
  readonly data: string;
}

/** A state as far as it is known. */
interface Sight {
  /** Ways to it, with different data. */
  readonly ways: Way[];
  /** Moves that were tried here, as keys. */
  readonly tried: Set<string>;
  tries: number;
  /** Whether anything but a command was ever taken notice of. */
  answers: boolean;
  /** By kind of input: whether one was answered, and the way to one that was not. */
  readonly inputs: Map<string, { answered: boolean; silent: readonly Move[] | undefined }>;
}

/** Knowledge that grows with every walk. */
export interface Atlas {
  /** Ways to begin a walk with, by state: to those that least was tried in. */
  ways(): readonly (readonly (readonly Move[])[])[];
  /** Whether a move was tried in a state. */
  tried(state: string | null, key: string): boolean;
  /** Takes note of a move, and of the path that ended with it. */
  note(outcome: Outcome, path: readonly Move[], data: string): void;
  pass(passages: readonly Passage[]): void;
  readonly states: readonly string[];
  readonly unvisited: readonly string[];
  readonly passages: readonly Passage[];
  /** Faults of states rather than of a single answer. */
  findings(strict: boolean): readonly Sighting[];
}

/** So many ways to a state are kept: later states depend on data. */
const mostWays = 16;
/** Fewer tries prove nothing. */
const enoughTries = 12;

/** Begins with the description of a machine. */
export function newAtlas(description: MachineDescription | undefined): Atlas {
  const sights = new Map<string | null, Sight>();
  const passages = new Map<string, Passage>();
  const known = description?.states.map(({ id }) => id) ?? [];
  /** Where conversations begin: to stay there is no loop without a way out. */
  const homes = new Set<string | null>(
    description?.scenes.find(({ id }) => id === description.initial)?.states ?? [],
  );
  const sightOf = (state: string | null): Sight => {
    const sight = sights.get(state) ?? {
      ways: [],
      tried: new Set(),
      tries: 0,
      answers: false,
      inputs: new Map(),
    };
    sights.set(state, sight);
    return sight;
  };
  sightOf(null).ways.push({ path: [], data: '' });
  const wayTo = (state: string | null) =>
    sightOf(state).ways.reduce<readonly Move[]>(
      (best, { path }) => (best.length > 0 && best.length <= path.length ? best : path),
      [],
    );
  const visited = () => {
    const found = new Set([...passages.values()].map(([, to]) => to));
    return [...found].filter((state) => state !== null);
  };

  /** Every state that can be come to from one. */
  function reach(from: string): Set<string | null> {
    const found = new Set<string | null>();
    const open: (string | null)[] = [from];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const [start, to] of passages.values()) {
        if (start !== at || to === at || found.has(to)) continue;
        found.add(to);
        open.push(to);
      }
    }
    return found;
  }

  function trap(state: string): Finding | undefined {
    const sight = sightOf(state);
    if (sight.tries < enoughTries) return undefined;
    const reached = reach(state);
    if (reached.size === 0) {
      if (homes.has(state) && sight.answers) return undefined;
      const message = `Nothing leads out of the state '${state}': ${sight.tries} moves were tried, buttons, commands, texts and waiting among them. Add an answer, a cancel command or a timeout.`;
      return { kind: 'dead-end', key: deadEndKey(state), message, state };
    }
    const round = [...reached].filter((each) => each !== null).sort();
    const closed = round.length === reached.size && round.every((each) => reach(each).has(state));
    if (!closed || round.some((each) => homes.has(each))) return undefined;
    const message = `Nothing leads out of the round of ${round.map((each) => `'${each}'`).join(', ')}. Add an end, a cancel command or a timeout.`;
    return { kind: 'endless-loop', key: `endless-loop ${round.join(' ')}`, message, state };
  }

  /** Whether a state that commands lead out of takes no notice of anything else: neither of texts and presses, nor of time. */
  function hasNoHandler(state: string): boolean {
    const { tries, answers } = sightOf(state);
    return !answers && tries >= enoughTries && !homes.has(state) && reach(state).size > 0;
  }

  return {
    ways() {
      const open = [...sights.values()].filter(({ ways }) => ways.length > 0);
      const least = Math.min(...open.map(({ tries }) => tries));
      return open
        .filter(({ tries }) => tries <= least + enoughTries)
        .map(({ ways }) => ways.map(({ path }) => path));
    },
    tried: (state, key) => sights.get(state)?.tried.has(key) ?? false,
    note(outcome, path, data) {
      const { move, before, after, noticed } = outcome;
      const sight = sightOf(before);
      sight.tries += 1;
      sight.tried.add(keyOf(move));
      const kind = inputKindOf(move);
      const command = move.do === 'sends' && kind === undefined;
      if (noticed && !command) sight.answers = true;
      if (before === null && after !== null && move.do === 'sends' && move.text === '/start')
        homes.add(after);
      if (kind !== undefined && outcome.errors.length === 0) {
        const input = sight.inputs.get(kind) ?? { answered: false, silent: undefined };
        sight.inputs.set(kind, {
          answered: input.answered || noticed,
          silent: noticed ? input.silent : (input.silent ?? path),
        });
      }
      addWay(sightOf(after).ways, { path, data });
    },
    pass(seen) {
      for (const passage of seen) passages.set(JSON.stringify(passage), passage);
    },
    get states() {
      return visited();
    },
    get unvisited() {
      const found = visited();
      return known.filter((state) => !found.includes(state));
    },
    get passages() {
      return [...passages.values()];
    },
    findings(strict) {
      if (description === undefined) return [];
      const found: Sighting[] = [];
      for (const [state, { inputs }] of sights) {
        if (state === null) continue;
        const isMute = hasNoHandler(state);
        for (const [kind, { answered, silent }] of inputs) {
          const isFault = answered || strict || (isMute && kind === 'text');
          if (silent === undefined || !isFault) continue;
          const others = answered
            ? ', though other input of this kind is answered'
            : isMute
              ? ', and nothing but commands does: the handler of this state is missing, or does not match'
              : '';
          const message = `Silence: a ${kind}${inState(state)} gets no answer${others}. Reply with what is expected.`;
          const finding: Finding = {
            kind: 'silence',
            key: silenceKey(state, kind),
            message,
            state,
          };
          found.push({ finding, path: silent });
        }
      }
      for (const state of visited()) {
        const finding = trap(state);
        if (finding !== undefined && found.every((other) => other.finding.key !== finding.key))
          found.push({ finding, path: wayTo(state) });
      }
      for (const state of this.unvisited) {
        const message = `No walk reached the state '${state}'. If only certain words lead there, name them in \`texts\`. If nothing does, remove it.`;
        const finding: Finding = {
          kind: 'unreachable',
          key: `unreachable ${state}`,
          message,
          state,
        };
        found.push({ finding, path: [] });
      }
      return [...found, ...withoutCancel(description)];
    },
  };
}

/** Keeps a way with new data, or a shorter one in place of a longer. */
function addWay(ways: Way[], way: Way): void {
  const same = ways.findIndex(({ data }) => data === way.data);
  const worst = ways.reduce((at, { path }, index) => {
    return path.length > (ways[at] as Way).path.length ? index : at;
  }, 0);
  const at = same >= 0 ? same : ways.length < mostWays ? ways.length : worst;
  const known = ways[at];
  if (known === undefined || way.path.length < known.path.length) ways[at] = way;
}

/** The key of an unanswered input, as it is found again on a shorter path. */
export function silenceKey(state: string | null, kind: string): string {
  return `silence ${state} ${kind}`;
}

/** The same for moves that are equal here, for any user. */
export function keyOf(move: Move): string {
  const { who: _, ...what } = { who: '', ...move };
  return JSON.stringify(what);
}

interface FlowDetails {
  readonly kind?: string;
  readonly timeout?: number;
  readonly commands?: { readonly cancel?: string | false };
}

function withoutCancel({ scenes, commands }: MachineDescription): readonly Sighting[] {
  return scenes.flatMap(({ id, details }) => {
    const { kind, timeout, commands: own } = details as FlowDetails;
    const cancel = own?.cancel ?? commands.cancel;
    if (kind !== 'flow' || cancel !== false || timeout !== undefined) return [];
    const message = `The flow '${id}' has neither a cancel command nor a timeout, so a user cannot leave it. Add one of them.`;
    const finding: Finding = { kind: 'no-cancel', key: `no-cancel ${id}`, message, state: null };
    return [{ finding, path: [] }];
  });
}
