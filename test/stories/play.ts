/**
 * Plays the people of a script against a bot. A script is a transcript: what people do is played, and what comes out must be the same text.
 *
 * `Anna: hello` is sent, `Anna taps [Yes]` presses that button, `Anna pays tea` pays the newest invoice, and with a place `Anna in Friends:
 * hello`. `(11m later)` moves the clock, `(the bot restarts)` ends the bot's process and begins another. All other lines are what the bot must
 * say.
 */

import {
  album,
  photo,
  type TestChat,
  type TestUser,
  type VirtualClock,
  type World,
} from '@telefsm/testing';

/** Actions of a script that no person can do. A virtual clock is enough for scripts whose bot never restarts. */
export type Surroundings = Partial<Pick<VirtualClock, 'advance'>> & {
  readonly restart?: () => Promise<void>;
};

/** The media that a script writes in brackets, as Telegram sends them. */
const media = new Map([
  ['[photo]', photo()],
  ['[photo] [photo]', album(photo(), photo())],
]);

/** Does what people do in a script, in order, and gives the transcript of what happened. */
export async function play(world: World, script: string, around: Surroundings): Promise<string> {
  const people = castOf(world, script);
  const places = new Map<string, TestChat>();
  const lines: string[] = [];
  let told = 0;
  const listen = () => {
    const all = world.transcript().split('\n');
    lines.push(...all.slice(told));
    told = all.length;
  };
  for (const line of script.split('\n')) {
    const [, later] = /^\((\d+[smhd]) later\)$/.exec(line) ?? [];
    if (later !== undefined && around.advance !== undefined) {
      lines.push(line);
      await around.advance(later as `${number}m`);
      listen();
    }
    if (line === '(the bot restarts)' && around.restart !== undefined) {
      lines.push(line);
      await around.restart();
      listen();
    }
    const [, name = '', title, how, what = ''] =
      /^(\w+)(?: in ([\w ]+))?(: | taps \[| pays )(.*)$/.exec(line) ?? [];
    const person = people.get(name);
    // the message that a payment has gone through is Telegram's
    if (person === undefined || what === '[successful_payment]') continue;
    const user = title === undefined ? person : person.in(placeOf(title));
    if (how === ': ') await user.sends(media.get(what) ?? what);
    else if (how === ' pays ') await user.pays();
    else await user.taps(what.slice(0, -1));
    listen();
  }
  return lines.join('\n');

  function placeOf(title: string): TestChat {
    const place = places.get(title) ?? world.group(title, [...people.values()]);
    places.set(title, place);
    return place;
  }
}

/** Everybody who does something in a script, known to each other from the start. */
function castOf(world: World, script: string): Map<string, TestUser> {
  const people = new Map<string, TestUser>();
  for (const [, name = ''] of script.matchAll(/^(\w+)(?: in [\w ]+)?(?:: | taps \[)/gm)) {
    if (name !== 'Bot' && !people.has(name)) people.set(name, world.user(name));
  }
  return people;
}
