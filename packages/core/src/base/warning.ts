/** Warnings for the author of a bot: by the process where there is one, so that they can be traced and switched off by their code. */

interface Warns {
  readonly process?: { emitWarning?(message: string, options: { readonly code: string }): void };
  readonly console?: { warn(message: string): void };
}

/**
 * Prints a warning.
 *
 * @param message - what is wrong, and what to do
 * @param code - identifies this kind of warning, for `--disable-warning`
 */
export function warn(message: string, code: string): void {
  const { process, console } = globalThis as Warns;
  if (process?.emitWarning) process.emitWarning(message, { code });
  else console?.warn(message);
}
