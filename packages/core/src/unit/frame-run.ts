/** One run of a scene's code: what it sees of its frame, and the ways in which it may change it. */

import { frozenData, type JsonObject } from '../base/json.ts';
import type { Frame } from '../record/record.ts';
import type { SceneDefaults, SceneRun } from '../scene/behaviour.ts';
import type { ParsedCommand } from '../update/command.ts';
import type { UserInput } from '../update/input.ts';
import { leaveTop } from './state-context.ts';
import { triggered } from './triggers.ts';
import type { Unit } from './unit.ts';

/** A class, since several are made for an update: its members stand on the prototype. */
export class FrameRun implements SceneRun {
  readonly turn: Unit;
  readonly visit: number;
  readonly command: ParsedCommand | undefined;
  readonly #began: Frame;

  constructor(unit: Unit, frame: Frame) {
    this.turn = unit;
    this.visit = frame.visit;
    this.command = commandOf(unit.input);
    this.#began = frame;
  }

  get ctx(): unknown {
    return this.turn.ctx;
  }

  get input(): UserInput | undefined {
    return this.turn.input;
  }

  get trigger(): string | undefined {
    const { scene } = this.#began;
    const found = this.command && triggered(this.turn, this.command);
    return found?.scene.id === scene ? found?.argument : undefined;
  }

  get state(): string | null {
    return this.#frame.state;
  }

  get data(): JsonObject {
    return this.#frame.data;
  }

  get memo(): JsonObject {
    return this.#frame.memo;
  }

  get tag(): string {
    return this.turn.tag;
  }

  get defaults(): SceneDefaults {
    return this.turn.host.defaults;
  }

  /** Bound, so that scenes may take a run apart; as is all that follows. */
  get keep(): SceneRun['keep'] {
    return ({ state, data, memo }) => {
      const { draft } = this.turn;
      if (draft.top.visit !== this.visit) return;
      draft.change({
        ...(state === undefined ? {} : { state }),
        ...(data === undefined ? {} : { data: frozenData(data, 'data') }),
        ...(memo === undefined ? {} : { memo: frozenData(memo, 'memo') }),
      });
    };
  }

  get ask(): SceneRun['ask'] {
    return (params) => void this.turn.events.push({ kind: 'ask', ...(params && { params }) });
  }

  get leave(): SceneRun['leave'] {
    return (reason, result) => {
      if (this.turn.draft.top.visit === this.visit) leaveTop(this.turn, reason, result);
    };
  }

  get say(): SceneRun['say'] {
    return (say) => void this.turn.says.push(say);
  }

  get call(): SceneRun['call'] {
    return (call) => this.turn.callQuietly(call);
  }

  get report(): SceneRun['report'] {
    return (error) => this.turn.host.speechFailed(this.turn, error);
  }

  get answer(): SceneRun['answer'] {
    return (text, alert) => {
      this.turn.callbackAnswer = {
        ...(text === undefined ? {} : { text }),
        ...(alert === undefined ? {} : { show_alert: alert }),
      };
    };
  }

  get attempt(): SceneRun['attempt'] {
    return (hook) => this.turn.attempt(hook);
  }

  get arm(): SceneRun['arm'] {
    return (timer, after) => {
      const { draft, host } = this.turn;
      if (draft.top.visit !== this.visit) return;
      draft.arm(timer, after === null ? undefined : host.clock.now() + after);
    };
  }

  get timer(): SceneRun['timer'] {
    return (name) => {
      const { draft, host } = this.turn;
      const at = draft.timers?.get(name);
      return at === undefined ? undefined : at - host.clock.now();
    };
  }

  /** The frame itself is replaced by each change of it, so this is the one of the same visit. */
  get #frame(): Frame {
    const { top, frames } = this.turn.draft;
    if (top.visit === this.visit) return top;
    return frames.find((one) => one.visit === this.visit) ?? this.#began;
  }
}

/** The command of an input, if it is one that is meant for this bot. One that was edited is an old one, and begins nothing. */
export function commandOf(input: UserInput | undefined): ParsedCommand | undefined {
  return input?.kind === 'command' && !input.edited ? { ...input.value } : undefined;
}
