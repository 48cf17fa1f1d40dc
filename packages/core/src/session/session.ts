/** The session middleware of both frameworks, without a framework: where a session is kept, and when it is read and written. */

import { checkMachineOptions } from '#option-rules';
import { andThen, isPromise } from '../base/awaitable.ts';
import type { FsmError } from '../base/errors.ts';
import { invalidOption } from '../base/rules.ts';
import { shown } from '../base/shown.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { FsmContext } from '../conversation/context.ts';
import type { Turn } from '../conversation/turn.ts';
import type { AnyMachine } from '../machine/machine-interface.ts';
import { type SessionAccess, sessionOf } from '../state/context.ts';
import { fsmAt, installedAt, isFree } from '../state/install.ts';
import type { BotPort } from '../transaction/facts.ts';
import type { RawUpdate } from '../update/raw-update.ts';
import { isOnlyOf } from './adopted.ts';
import { type BridgedStore, BridgedValue, inOrder } from './bridge.ts';
import { checkOmitted, checkStage, checkStore, propertyOf } from './checks.ts';
import { type OwnRecordOptions, ownRecord, type StageOfSession } from './own-record.ts';
import { hasSession, hasValue, openSlot, type SessionValue, type Slot } from './slot.ts';
import { SessionWarnings } from './warning.ts';

/** Options of a framework's session middleware. */
export interface SessionPlan<C extends object> {
  /** Context property of the session; also the name under which the record keeps it. */
  readonly property: string;
  /** Member of that property, for one of several sessions in one object. */
  readonly part?: string | undefined;
  /** Whether the bot makes the keys of its sessions. */
  readonly byKey: boolean;
  /** The session key of an update, as the framework makes it; `undefined` if the update has no session. */
  keyOf(ctx: C): Awaitable<string | undefined>;
  /** The text before each key, as grammY's option. */
  readonly prefix?: string | undefined;
  /** Whether a business connection has a session, that of the user's own chat. */
  readonly ofConnections: boolean;
  /** Makes the value of a session that is not there. */
  readonly initial: ((ctx: C) => unknown) | undefined;
  /** A store of the framework: the place of the session, or of sessions to adopt if `machine` or a storage is given as well. */
  readonly store: BridgedStore | undefined;
  /** The option that such a store is passed as, for errors. */
  readonly storeOption: 'store' | 'storage';
  /** Keeps the session in the conversation's record of this machine. */
  readonly machine: AnyMachine | undefined;
  /** Options of the session's own record, as the bot gives them. */
  readonly own: OwnRecordOptions;
  /** The options that it leaves out. */
  readonly ownDefaults: OwnRecordOptions;
  /** The stage whose flows and scenes the session's own record may be in. */
  readonly stage?: StageOfSession | undefined;
  /** Context property at which a session with its own record shows its FSM, and where `fsm()` is found by itself. */
  readonly shared: string | undefined;
  /** Whether a bridged session is read only when a handler reads it. */
  readonly lazy: boolean;
  /** Whether a bridged session that `initial` has made is written even if no handler touches it. */
  readonly writesInitial: boolean;
  /** The update of a context. */
  updateOf(ctx: C): RawUpdate;
  /** How the bot of a context calls the Bot API. */
  portOf(ctx: C): BotPort;
}

/**
 * Runs the rest of an update with a session.
 *
 * @param show - puts the session on the context; called once, with `undefined` if the update has no session
 */
export type SessionMiddleware<C> = (
  ctx: C,
  next: () => Promise<unknown>,
  show: (value: SessionValue | undefined) => void,
) => Promise<unknown>;

/** Makes the session middleware of a plan. */
export function sessionMiddleware<C extends object>(given: SessionPlan<C>): SessionMiddleware<C> {
  const plan: SessionPlan<C> = { ...given, keyOf: checkedKeyOf(given) };
  const { store, machine, own, stage, storeOption } = plan;
  if (stage !== undefined) checkStage(stage);
  if (store !== undefined) checkStore('session store', store, 'get', 'set', 'delete');
  // a promise is named before the options beside it: awaiting it is the remedy
  checkMachineOptions({ storage: own.storage });
  const property = machine === undefined ? undefined : propertyOf('session machine', machine);
  if (store !== undefined && machine === undefined && own.storage === undefined) {
    const { clock: _, ...others } = own;
    checkOmitted({ ...others, stage }, `a session in a \`${storeOption}\` of its framework`);
    return bridged(plan, store);
  }
  const inRecord = slotsOf(plan);
  if (property !== undefined && !plan.byKey) {
    if (own.storage !== undefined) throw twoStorages(plan, 'beside `machine`');
    checkOmitted({ ...own, stage }, 'a session in the record of a machine, whose options it has');
    return (ctx, next, show) => inRecord(installedAt(ctx, property), ctx, next, show);
  }
  const { byKey, shared } = plan;
  if (byKey) checkOmitted({ stage }, 'a session whose key the bot makes');
  const opened = (turn: Turn, ctx: unknown) => {
    // a deadline has no context
    if (shared === undefined || byKey || ctx === undefined || !isFree(ctx as C, shared)) return;
    Reflect.set(ctx as C, shared, turn.state);
  };
  const storage = own.storage ?? machine?.storage;
  const run = ownRecord(
    { ...plan.ownDefaults, ...own, ...(storage && { storage }) },
    stage,
    opened,
  );
  const inOwn = (ctx: C, key: string | undefined, next: Next, show: Show) =>
    run(
      plan.updateOf(ctx),
      plan.portOf(ctx),
      key,
      (turn) => inRecord(turn.state, ctx, next, show),
      ctx,
    );
  if (byKey) {
    return (ctx, next, show) =>
      withKey(plan, ctx, (key) =>
        key === undefined ? withoutSession(next, show) : inOwn(ctx, String(key), next, show),
      );
  }
  return (ctx, next, show) => {
    const fsm = userInChatAt(ctx, shared);
    if (fsm === undefined) return inOwn(ctx, undefined, next, show);
    if (own.storage !== undefined) throw twoStorages(plan, 'below fsm()');
    return inRecord(fsm, ctx, next, show);
  };
}

/**
 * Checks the keys that a bot makes: `null` and objects would be one key for all. Plain JavaScript may return the id of a user as it is.
 */
function checkedKeyOf<C extends object>({
  keyOf,
  prefix,
}: SessionPlan<C>): SessionPlan<C>['keyOf'] {
  const checked = (key: unknown) => {
    if (key === undefined) return undefined;
    if (typeof key !== 'string' && !Number.isSafeInteger(key)) {
      const found = `a function that returned ${shown(key)}`;
      throw invalidOption('getSessionKey', 'one that returns a text, or undefined', found);
    }
    // a store of Telegraf may have the number
    return prefix === undefined ? (key as string) : prefix + key;
  };
  return (ctx) => andThen<unknown, string | undefined>(keyOf(ctx), checked);
}

/** Continues with the key of an update. A key that is no promise joins its queue immediately: that is the order that users see. */
async function withKey<C extends object>(
  { keyOf }: SessionPlan<C>,
  ctx: C,
  go: (key: string | undefined) => Promise<unknown>,
): Promise<unknown> {
  const key = keyOf(ctx);
  return go(isPromise(key) ? await key : key);
}

type Next = () => Promise<unknown>;
type Show = (value: SessionValue | undefined) => void;

function withoutSession(next: Next, show: Show): Promise<unknown> {
  show(undefined);
  return next();
}

/** Sessions in a store of the framework: in order inside one process, and written only if the update succeeds. */
function bridged<C extends object>(
  plan: SessionPlan<C>,
  store: BridgedStore,
): SessionMiddleware<C> {
  const { initial, writesInitial, own } = plan;
  const run = inOrder(own.clock);
  const inStore = (ctx: C, key: string, next: Next, show: Show) =>
    run(key, async () => {
      const make = initial && (() => initial(ctx));
      const value = new BridgedValue(key, { store, initial: make, writesInitial });
      // else it is read when a handler reads the session, which then is a promise
      if (!plan.lazy) await value.load();
      show(value);
      await next();
      await value.finish();
    });
  return (ctx, next, show) =>
    withKey(plan, ctx, (key) =>
      key === undefined ? withoutSession(next, show) : inStore(ctx, key, next, show),
    );
}

/** Runs the rest of an update with a session in the record of its turn. */
function slotsOf<C extends object>(plan: SessionPlan<C>) {
  const { property: slot, part, store, initial, lazy } = plan;
  const warnings = new SessionWarnings();
  const opened = (access: SessionAccess, ctx: C, adopted: unknown): Slot => {
    const make = initial && (() => initial(ctx));
    const adopts = store !== undefined;
    return openSlot(access, { slot, part, initial: make, adopted, adopts, warnings });
  };
  async function adopting(
    access: SessionAccess,
    ctx: C,
    next: Next,
    show: Show,
    from: BridgedStore,
  ) {
    const key = hasValue(access, slot, part) ? undefined : await plan.keyOf(ctx);
    const adopted = key === undefined ? undefined : await from.get(key);
    if (adopted != null && isOnlyOf(access, key)) {
      access.afterCommit(() => from.delete(key as string));
    }
    return running(opened(access, ctx, adopted), next, show);
  }
  function running(value: Slot, next: Next, show: Show): Promise<unknown> {
    show(value);
    const ended = next();
    return lazy ? ended.then(() => value.finish()) : ended;
  }
  return (fsm: FsmContext, ctx: C, next: Next, show: Show): Promise<unknown> => {
    const access = sessionOf(fsm);
    const update = plan.updateOf(ctx);
    const isOther = !plan.ofConnections && update['business_connection'] !== undefined;
    if (isOther || !hasSession(access, update)) return withoutSession(next, show);
    if (store !== undefined) return adopting(access, ctx, next, show, store);
    return running(opened(access, ctx, undefined), next, show);
  };
}

/** The FSM of `fsm()` before this middleware, if its conversation is that of a user in a chat: the key of a session. */
function userInChatAt(ctx: object, property: string | undefined): FsmContext | undefined {
  const fsm = property === undefined ? undefined : fsmAt(ctx, property);
  if (fsm?.key === undefined) return fsm;
  const { chat, user, thread, custom } = sessionOf(fsm).scope ?? {};
  const isUserInChat = chat !== undefined && user !== undefined;
  return isUserInChat && thread === undefined && custom === undefined ? fsm : undefined;
}

function twoStorages(
  { own, storeOption }: Pick<SessionPlan<object>, 'own' | 'storeOption'>,
  where: string,
): FsmError {
  const expected = `omitted ${where}, whose record contains the session. To adopt the sessions of a store of your framework, pass it as \`${storeOption}\` beside \`machine\``;
  return invalidOption('session storage', expected, shown(own.storage));
}
