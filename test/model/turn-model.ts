/**
 * The protocol of a turn as a model: every order in which deliveries, redeliveries, sweepers, lapsing leases, dying processes and lost,
 * late or repeated messages can follow each other on one conversation.
 *
 * An update toggles: on an empty conversation it creates a record, on a record it clears it (or counts on, where its plan says so), so that
 * a doubled, a lost and a misplaced update all show. One step of the model is one atomic step of the storage or of a process. The
 * model must be clean; each {@link Mutant} is the protocol with one thought left out, and must not be.
 */

/** A mistake that somebody might make. */
export type Mutant =
  | 'a storage that fences nothing'
  | 'a fence that counts in the record and begins anew when it is cleared'
  | 'a refusal that is believed although an answer was lost before'
  | 'clear() that keeps no ids'
  | 'the highest id in place of a set'
  | 'a duplicate check before the conversation is taken'
  | 'a release by a stranger that frees the conversation'
  | 'taking the conversation and reading an older snapshot of it'
  | 'a lost answer followed by a new turn without a look'
  | 'commit() that does not record the id'
  | 'commit() that keeps the same token'
  | 'a sweeper that does not look again under the lease'
  | 'a second commit that is proven by the id of the first'
  | 'a question that is not marked as pending until it was said';

/** The plan of one turn. */
export interface Plan {
  /** The id of its update; a sweeper has none. */
  readonly update?: number;
  /** The same update as that turn, delivered again if that one failed. */
  readonly again?: number;
  /** Counts on in place of clearing. */
  readonly countsOn?: boolean;
  /** Throws in its first run. */
  readonly throws?: boolean;
  /** Calls commit() in mid-handler, and then throws or commits once more. */
  readonly midway?: 'throws' | 'commits again';
  /** Asks a question after its commit, which the next update answers. */
  readonly asks?: boolean;
}

/** The turns to explore, and where they start. */
export interface Scenario {
  readonly turns: readonly Plan[];
  /** How many leases of living processes lapse. */
  readonly lapses: number;
  /** How many processes die. */
  readonly crashes: number;
  /** How many answers are lost. */
  readonly lostAnswers: number;
  readonly hasDeadlines?: boolean;
  /** The storage refuses a lapsed lease also if nobody took it. */
  readonly refusesLapsed?: boolean;
  readonly mutant?: Mutant;
}

/** The result of an exploration. Without `violation`, every reachable state is valid. */
export interface Exploration {
  readonly states: number;
  readonly violation?: string;
  /** The steps that lead to the violation. */
  readonly trace?: readonly string[];
}

interface Stored {
  /** How often updates have counted. */
  count: number;
  ids: number[];
  /** The update that has set the deadline. */
  deadline: number | null;
  /** The open question: the version that has asked it. */
  question: number | null;
  isPromptPending: boolean;
}

interface Reading {
  version: number;
  record: Stored | null;
  /** Ids of the cleared conversation. */
  left: number[];
  fence: number;
  isDue: boolean;
}

interface Commit {
  turn: number;
  /** Number of the message: only the answer to the last one finds its turn waiting. */
  number: number;
  token: number;
  keep: boolean;
  base: number;
  fence: number;
  record: Stored | null;
  ids: number[];
  /** The update whose effect it brings. */
  effect: number | null;
  /** The deadline that it lets pass. */
  fires: number | null;
}

type Step =
  | 'not yet'
  | 'new'
  | 'taking'
  | 'held'
  | 'sending'
  | 'waiting'
  | 'unsure'
  | 'looking'
  | 'speaking'
  | 'freeing'
  | 'done'
  | 'dead';

interface Turn {
  at: Step;
  token: number;
  read: Reading | null;
  /** The result that its caller got. */
  told: 'kept' | 'skipped' | 'threw' | 'lost' | 'unknown' | 'dead' | null;
  /** Messages that it has sent. */
  sent: number;
  /** Units that it has been told to be kept, and those that the storage has kept. */
  units: number;
  kept: number;
  fires: number | null;
  saw: number | null;
  hasThrown: boolean;
  hadLapsed: boolean;
  /** Whether the pending commit only marks the question as sent. */
  isMark: boolean;
}

interface World {
  record: Stored | null;
  left: number[];
  version: number;
  owner: number | null;
  token: number;
  lapsed: boolean;
  fence: number;
  isDue: boolean;
  /** The record before the last commit; for the mutant that reads it. */
  before: Reading | null;
  network: Commit[];
  turns: Turn[];
  lapses: number;
  crashes: number;
  lostAnswers: number;
  /** Effects by update, fired deadlines by the update that set them. */
  applied: { [update: number]: number };
  fired: { [update: number]: number };
  said: number[];
}

interface Reached {
  readonly world: World;
  readonly key: string;
}

class Violation extends Error {}

/** Walks through every state that can be reached, breadth first, so that a trace is a shortest one. */
export function explore(scenario: Scenario): Exploration {
  const start = begin(scenario);
  const known = new Map<string, readonly [from: string, step: string] | null>();
  const key = keyOf(start);
  known.set(key, null);
  let states = 0;
  for (let front: Reached[] = [{ world: start, key }]; front.length > 0; ) {
    const next: Reached[] = [];
    for (const { world, key: from } of front) {
      states++;
      try {
        let steps = 0;
        stepsOf(world, scenario, (label, reached) => {
          steps++;
          const to = keyOf(reached);
          if (known.has(to)) return;
          known.set(to, [from, label]);
          next.push({ world: reached, key: to });
        });
        if (steps === 0) checkEnd(world, scenario);
      } catch (error) {
        if (!(error instanceof Violation)) throw error;
        return { states, violation: error.message, trace: traceTo(from, known) };
      }
    }
    front = next;
  }
  return { states };
}

function begin({ turns, lapses, crashes, lostAnswers }: Scenario): World {
  return {
    record: null,
    left: [],
    version: 0,
    owner: null,
    token: 0,
    lapsed: false,
    fence: 0,
    isDue: false,
    before: null,
    network: [],
    turns: turns.map(({ again }) => ({
      at: again === undefined ? 'new' : 'not yet',
      token: 0,
      read: null,
      told: null,
      sent: 0,
      units: 0,
      kept: 0,
      fires: null,
      saw: null,
      hasThrown: false,
      hadLapsed: false,
      isMark: false,
    })),
    lapses,
    crashes,
    lostAnswers,
    applied: {},
    fired: {},
    said: [],
  };
}

/** Every step that somebody can take now. */
function stepsOf(
  world: World,
  scenario: Scenario,
  reach: (label: string, reached: World) => void,
): void {
  const go = (label: string, change: (next: World) => void) => {
    const next = copyOf(world);
    change(next);
    reach(label, next);
  };
  world.turns.forEach((turn, at) => {
    const plan = scenario.turns[at] as Plan;
    const name =
      plan.update === undefined ? `sweeper ${at}` : `turn ${at} of update ${plan.update}`;
    const take = (label: string, change: (next: World, turn: Turn) => void) =>
      go(`${name} ${label}`, (next) => change(next, turnIn(next, at)));
    stepsOfTurn(world, scenario, at, take);
    const isAlive = !['not yet', 'new', 'looking', 'freeing', 'done', 'dead'].includes(turn.at);
    if (isAlive && world.crashes > 0) {
      take('dies with its process', (next, mine) => {
        next.crashes--;
        mine.at = 'dead';
        mine.told = 'dead';
      });
    }
  });
  if (world.owner !== null && !world.lapsed) {
    const { owner } = world;
    if (world.lapses > 0) {
      go('the lease lapses', (next) => {
        next.lapses--;
        next.lapsed = true;
        turnIn(next, owner).hadLapsed = true;
      });
    }
    if (world.turns[owner]?.at === 'dead') {
      go('the lease of a dead process lapses', (next) => {
        next.lapsed = true;
      });
    }
  }
  if (scenario.hasDeadlines && world.record?.deadline != null && !world.isDue) {
    go('the deadline passes', (next) => {
      next.isDue = true;
    });
  }
  world.network.forEach((commit, at) => {
    go(`the storage takes a commit of turn ${commit.turn}`, (next) => {
      next.network.splice(at, 1);
      deliver(next, scenario, commit);
    });
  });
}

/** The possible next steps of one turn. */
function stepsOfTurn(
  world: World,
  { turns, mutant }: Scenario,
  at: number,
  take: (label: string, change: (next: World, turn: Turn) => void) => void,
): void {
  const turn = world.turns[at] as Turn;
  const plan = turns[at] as Plan;
  switch (turn.at) {
    case 'not yet': {
      const { told } = world.turns[plan.again as number] as Turn;
      if (told === 'kept' || told === 'skipped') return;
      take('is delivered again', (_, mine) => {
        mine.at = 'new';
      });
      return;
    }
    case 'new':
      if (plan.update !== undefined) {
        take('arrives', (next, mine) => {
          const isEarly = mutant === 'a duplicate check before the conversation is taken';
          const isKnown = isEarly && idsOf(next).includes(plan.update as number);
          mine.at = isKnown ? 'done' : 'taking';
          if (isKnown) mine.told = 'skipped';
        });
        return;
      }
      if (!world.isDue || world.record?.deadline == null) return;
      take('finds it due', (next, mine) => {
        mine.at = 'taking';
        mine.saw = next.record?.deadline ?? null;
      });
      return;
    case 'taking':
      if (world.owner !== null && world.owner !== at && !world.lapsed) return;
      take('takes the conversation', (next, mine) => takeIt(next, mine, at, mutant));
      return;
    case 'held':
      take('handles', (next, mine) => handle(next, mine, plan, mutant));
      return;
    case 'sending':
      take('sends its commit', (next, mine) => send(next, mine, plan, at, mutant));
      return;
    case 'waiting':
      if (world.lostAnswers === 0) return;
      take('loses the connection', (next, mine) => {
        next.lostAnswers--;
        mine.at = 'unsure';
      });
      return;
    case 'unsure':
      if (mutant === 'a lost answer followed by a new turn without a look') {
        take('begins anew', (_, mine) => {
          mine.at = 'taking';
        });
        return;
      }
      take('asks again', (next, mine) => send(next, mine, plan, at, mutant));
      return;
    case 'looking':
      take('looks for its id', (next, mine) => look(next, mine, plan, mutant));
      return;
    case 'speaking':
      take('asks its question', (next, mine) => {
        next.said.push(mine.read?.record?.question as number);
        mine.at = 'sending';
        mine.isMark = true;
      });
      return;
    case 'freeing':
      take('lets go', (next, mine) => {
        const isMine = next.owner === at && next.token === mine.token;
        if (isMine || mutant === 'a release by a stranger that frees the conversation') {
          next.owner = null;
          next.lapsed = false;
        }
        mine.at = 'done';
      });
      return;
  }
}

function takeIt(world: World, mine: Turn, at: number, mutant: Mutant | undefined): void {
  world.turns.forEach((other, number) => {
    if (number !== at && (other.at === 'held' || other.at === 'speaking') && !other.hadLapsed) {
      throw new Violation('two handlers at once although no lease has lapsed');
    }
  });
  if (world.owner !== null && world.owner !== at) {
    turnIn(world, world.owner).hadLapsed = true;
  }
  world.owner = at;
  world.token = 1;
  world.lapsed = false;
  world.fence++;
  mine.token = 1;
  mine.at = 'held';
  const isStale = mutant === 'taking the conversation and reading an older snapshot of it';
  mine.read = isStale && world.before ? { ...world.before, fence: world.fence } : readingOf(world);
}

/** Decides under the lease what the turn writes, if anything. */
function handle(world: World, mine: Turn, plan: Plan, mutant: Mutant | undefined): void {
  const { record, left, isDue } = mine.read as Reading;
  mine.fires = null;
  mine.at = 'sending';
  if (plan.update === undefined) {
    const looks = mutant !== 'a sweeper that does not look again under the lease';
    if (looks ? record?.deadline != null && isDue : record !== null) {
      mine.fires = looks ? (record?.deadline ?? null) : mine.saw;
    } else end(mine, 'skipped');
    return;
  }
  const ids = record?.ids ?? left;
  const { update } = plan;
  const isKnown =
    mutant === 'the highest id in place of a set'
      ? ids.some((id) => id >= update)
      : mutant !== 'a duplicate check before the conversation is taken' && ids.includes(update);
  if (mine.units === 0 && isKnown) {
    end(mine, 'skipped');
    return;
  }
  if (mine.units === 0 && isDue && record?.deadline != null) {
    mine.fires = record.deadline;
  } else if (mine.units > 0 ? plan.midway === 'throws' : plan.throws && !mine.hasThrown) {
    mine.hasThrown = true;
    end(mine, 'threw');
  } else if (record?.isPromptPending && !world.said.includes(record.question as number)) {
    // a question that was perhaps never sent is asked before an answer is accepted; the update is not an answer then
    world.said.push(record.question as number);
  }
}

function end(mine: Turn, told: Turn['told']): void {
  mine.at = 'freeing';
  mine.told = told;
}

function send(world: World, mine: Turn, plan: Plan, at: number, mutant: Mutant | undefined): void {
  mine.sent++;
  mine.at = 'waiting';
  world.network.push(commitOf(mine, plan, at, mutant));
}

/** The commit of a turn, given what it has read. */
function commitOf(mine: Turn, plan: Plan, turn: number, mutant: Mutant | undefined): Commit {
  const { version, record, left, fence } = mine.read as Reading;
  const base = { turn, number: mine.sent, token: mine.token, base: version, fence };
  const none = { effect: null, fires: null };
  const { update } = plan;
  if (mine.isMark) {
    const marked = { ...(record as Stored), isPromptPending: false };
    return { ...base, ...none, keep: false, record: marked, ids: marked.ids };
  }
  if (mine.fires !== null) {
    const { count, ids, question, isPromptPending } = record as Stored;
    const passed = { count: count + 10, ids, deadline: null, question, isPromptPending };
    return {
      ...base,
      effect: null,
      fires: mine.fires,
      keep: update !== undefined,
      record: passed,
      ids,
    };
  }
  const isMidway = plan.midway !== undefined && mine.units === 0;
  const forgets = mutant === 'commit() that does not record the id' && isMidway;
  const known = record?.ids ?? left;
  const own = update as number;
  const ids = forgets || known.includes(own) ? known : [...known, own];
  if (record?.isPromptPending) {
    return {
      ...base,
      ...none,
      keep: false,
      record: { ...record, ids, isPromptPending: false },
      ids,
    };
  }
  const asked = plan.asks
    ? {
        question: version + 1,
        isPromptPending: mutant !== 'a question that is not marked as pending until it was said',
      }
    : { question: null, isPromptPending: false };
  let next: Stored | null = { count: 1, ids, deadline: own, ...asked };
  if (record !== null) {
    const deadline = record.deadline === null ? null : own;
    next =
      plan.countsOn || plan.asks || plan.midway
        ? { count: record.count + 1, ids, deadline, ...asked }
        : null;
  }
  const keep = isMidway || (plan.asks === true && next !== null);
  return { ...base, effect: own, fires: null, keep, record: next, ids };
}

/** The storage executes a commit, and its answer arrives if somebody still waits for it. */
function deliver(world: World, scenario: Scenario, commit: Commit): void {
  const { mutant } = scenario;
  const before = readingOf(world);
  const answer = execute(world, scenario, commit);
  if (mutant === 'taking the conversation and reading an older snapshot of it') {
    world.before = answer === 'done' ? before : null;
  }
  const mine = turnIn(world, commit.turn);
  const plan = scenario.turns[commit.turn] as Plan;
  if (answer === 'done' && commit.effect !== null) mine.kept++;
  if (mine.at !== 'waiting' || mine.sent !== commit.number) return;
  if (answer === 'rejected') {
    if (mine.isMark) {
      // the present owner of the lease has asked again
      mine.at = 'done';
      mine.told = 'kept';
    } else mine.at = 'looking';
    return;
  }
  if (commit.effect !== null) mine.units++;
  if (commit.keep) {
    if (mutant !== 'commit() that keeps the same token') mine.token = commit.token + 1;
    mine.read = readingOf(world);
    const isFired = commit.fires !== null;
    mine.at = plan.asks && !isFired ? 'speaking' : 'held';
  } else {
    mine.at = 'done';
    mine.told = 'kept';
  }
}

function execute(
  world: World,
  { mutant, refusesLapsed }: Scenario,
  commit: Commit,
): 'done' | 'already' | 'rejected' {
  const { turn, token, keep } = commit;
  if (keep && world.owner === turn && world.token === token + 1 && mutant === undefined) {
    return 'already';
  }
  const isOwner =
    mutant === 'a storage that fences nothing' ||
    (mutant === 'a fence that counts in the record and begins anew when it is cleared'
      ? world.owner !== null && world.fence === commit.fence
      : world.owner === turn &&
        (world.token === token || mutant === 'commit() that keeps the same token'));
  if (!isOwner || (refusesLapsed && world.lapsed)) return 'rejected';
  checkCommit(world, commit);
  world.version++;
  if (commit.effect !== null)
    world.applied[commit.effect] = (world.applied[commit.effect] ?? 0) + 1;
  if (commit.fires !== null) world.fired[commit.fires] = (world.fired[commit.fires] ?? 0) + 1;
  world.left = commit.record !== null || mutant === 'clear() that keeps no ids' ? [] : commit.ids;
  if (commit.record === null && mutant?.startsWith('a fence that counts')) world.fence = 0;
  if (world.record?.deadline !== commit.record?.deadline) world.isDue = false;
  world.record = commit.record;
  if (keep) world.token++;
  else {
    world.owner = null;
    world.lapsed = false;
  }
  return 'done';
}

/** Checks the invariants of an accepted commit: I1, I2, I6 and I13. */
function checkCommit(world: World, { turn, base, effect, fires }: Commit): void {
  if (base !== world.version) {
    throw new Violation(`lost update: turn ${turn} wrote over a version that it had not read`);
  }
  const isSecond = (world.turns[turn] as Turn).kept === 1;
  if (effect !== null && (world.applied[effect] ?? 0) > (isSecond ? 1 : 0)) {
    throw new Violation(`update ${effect} has moved twice`);
  }
  if (fires !== null && (world.fired[fires] ?? 0) > 0) {
    throw new Violation('a deadline has fired twice');
  }
  const question = world.record?.question ?? null;
  if (effect !== null && question !== null && !world.said.includes(question)) {
    throw new Violation(
      `update ${effect} was taken for the answer to a question that nobody was asked`,
    );
  }
}

/** A refused commit: was it kept before? Invariant I3. */
function look(world: World, mine: Turn, plan: Plan, mutant: Mutant | undefined): void {
  mine.at = 'done';
  if (plan.update === undefined) {
    mine.told = 'unknown';
    return;
  }
  const believes = mutant === 'a refusal that is believed although an answer was lost before';
  const isThere = !believes && idsOf(world).includes(plan.update);
  // an id of an earlier commit proves nothing of a later one
  const isProof =
    mine.units === 0 || mutant === 'a second commit that is proven by the id of the first';
  if (mine.fires !== null) mine.told = 'unknown';
  else if (!isThere) mine.told = 'lost';
  else mine.told = isProof ? (plan.midway && mine.units === 0 ? 'threw' : 'kept') : 'unknown';
  if (mine.told === 'lost' && mine.kept > mine.units) {
    throw new Violation('a turn was told LEASE_LOST although it had been kept');
  }
}

/** Checks the invariants of a world in which nothing can happen anymore. */
function checkEnd({ turns, applied }: World, scenario: Scenario): void {
  turns.forEach(({ at, told, kept, isMark }, number) => {
    const { update, midway } = scenario.turns[number] as Plan;
    if (!['done', 'dead', 'not yet'].includes(at) && !(update === undefined && at === 'new')) {
      throw new Violation(`turn ${number} is stuck: ${at}`);
    }
    if (update === undefined) return;
    const times = applied[update] ?? 0;
    if (told === 'kept' && midway === 'commits again' && kept < 2) {
      throw new Violation(`update ${update} was acknowledged, and its second unit was not kept`);
    }
    const asksAgain = scenario.turns.some(({ asks }) => asks);
    if (told === 'kept' && times !== 1 && midway === undefined && !(asksAgain && !isMark)) {
      throw new Violation(`update ${update} was acknowledged and kept ${times} times`);
    }
    if (told === 'skipped' && times === 0 && !asksAgain) {
      throw new Violation(`update ${update} was skipped as a duplicate and never kept`);
    }
  });
}

function readingOf({ version, record, left, fence, isDue }: World): Reading {
  return { version, record, left, fence, isDue };
}

function idsOf({ record, left }: World): readonly number[] {
  return record?.ids ?? left;
}

/** Records, readings and commits are never changed once made, and turns only by {@link turnIn}, so copies share them. */
function copyOf(world: World): World {
  return {
    ...world,
    network: [...world.network],
    turns: [...world.turns],
    applied: { ...world.applied },
    fired: { ...world.fired },
    said: [...world.said],
  };
}

/** A turn that the caller may change. */
function turnIn(world: World, at: number): Turn {
  const turn = { ...(world.turns[at] as Turn) };
  world.turns[at] = turn;
  return turn;
}

const numbers = new Map<string, number>();
const numbered = new WeakMap<object, number>();

/** A number for a part of a world: the same for equal parts. Parts are shared by many worlds, so it is mostly known. */
function numberOf(part: object | null): number {
  if (part === null) return -1;
  let number = numbered.get(part);
  if (number === undefined) {
    const text = JSON.stringify(part);
    number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    numbered.set(part, number);
  }
  return number;
}

function keyOf({ record, before, network, turns, ...rest }: World): string {
  const parts = [record, before, ...turns].map(numberOf);
  // in whichever order messages were sent, any may arrive first
  return `${parts} ${network.map(numberOf).sort()} ${Object.values(rest).map((one) => (typeof one === 'object' ? JSON.stringify(one) : one))}`;
}

function traceTo(
  key: string,
  known: ReadonlyMap<string, readonly [from: string, step: string] | null>,
): readonly string[] {
  const steps: string[] = [];
  for (let at = known.get(key); at; at = known.get(at[0])) steps.unshift(at[1]);
  return steps;
}
