/** The scenes of a stage as scenes of a machine, so that flows and nodes can enter them. */

import { sceneError } from '../base/area-errors.ts';
import { invalidTarget } from '../base/rules.ts';
import type { SceneBehavior } from '../conversation/behavior.ts';
import type { AnyScene } from '../conversation/scene.ts';
import type { AnyGroup } from '../conversation/states.ts';
import { sceneEngine } from '../engine/engine.ts';
import { ownState, sceneOf } from '../scene/own-state.ts';
import { shownAt } from '../session/shown.ts';
import { openSlot } from '../session/slot.ts';
import { SessionWarnings } from '../session/warning.ts';
import { sessionOf } from '../state/context.ts';
import { SceneControl, type StageParts } from './scene-control.ts';

/**
 * Makes a scene of a machine that enters a scene of a stage and ends immediately: the user is then where `ctx.scene.enter` leads.
 *
 * The session has to be in the record of the machine, and an update has to be there: enter handlers get the framework's context.
 *
 * @param id - the scene of the stage
 */
export function entranceOf<C extends object>(
  id: string,
  parts: StageParts<C>,
): AnyScene & AnyGroup {
  const own = ownState(id, []);
  const warnings = new SessionWarnings();
  const { sessionName = 'session' } = parts.settings;
  const show = shownAt(sessionName, false);
  const behavior: SceneBehavior = {
    engine: sceneEngine,
    states: [own],
    quiet: true,
    first: () => id,
    async enter(run) {
      const { turn, data } = run;
      const ctx = run.ctx as C | undefined;
      if (ctx === undefined) throw sceneError('NO_CONTEXT', { scene: id, hook: 'enter' });
      run.leave('done');
      if (turn.state.current !== null) {
        const expected = 'a flow, a node or a command tree; use enter() for scenes of a stage';
        throw invalidTarget('call()', expected, `the scene '${id}' of a stage`);
      }
      if (!(sessionName in ctx)) {
        // a flow took the update before the session middleware could see it
        const session = openSlot(sessionOf(turn.state), { slot: sessionName, warnings });
        show(ctx, session);
      }
      const control = new SceneControl(ctx, parts);
      Reflect.set(ctx, 'scene', control);
      await control.enter(id, data);
      await control.finish();
    },
    handle: (_, next) => next(),
    describe: () => ({ kind: 'scene of a stage' }),
  };
  return sceneOf(own, behavior);
}
