/** Errors whose sentences not every bot carries: those of scenes, and of `fsm()` as middleware. */

import { installSentences, sceneSentences } from '#sentences';
import type { FsmErrorDetails, InstallErrorCode, SceneErrorCode } from './error-catalogue.ts';
import { FsmError } from './errors.ts';

/** Makes an error of scenes. */
export function sceneError<Code extends SceneErrorCode>(
  code: Code,
  details: FsmErrorDetails[Code],
): FsmError<Code> {
  return new FsmError(code, details, { sentences: sceneSentences });
}

/** Makes an error of `fsm()` as middleware. */
export function installError(code: InstallErrorCode, property: string): FsmError<InstallErrorCode> {
  return new FsmError(code, { property }, { sentences: installSentences });
}
