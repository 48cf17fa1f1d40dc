/** Which conversation a button is bound to, as its callback data says. */

/**
 * Reads which conversation a button is bound to: `SceneRun.tag`.
 *
 * The callback data of a scene's bound buttons begins with `~`, the tag and a dot. Such a button is always answered, also if it is stale
 * or was shown to another user. Buttons of another machine of the bot continue to it.
 *
 * @returns `undefined` for the bot's own buttons
 */
export function boundTo(callbackData: string): string | undefined {
  const end = callbackData.indexOf('.');
  return callbackData.startsWith('~') && end > 0 ? callbackData.slice(1, end) : undefined;
}
