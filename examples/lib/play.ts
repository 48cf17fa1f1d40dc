/**
 * Plays the people of a script against a bot. A script is a transcript: what people do is played, and what comes out must be the same text.
 *
 * `Anna: hello` is sent, `Anna taps [Yes]` presses that button, and with a place `Anna in Friends: hello`. `(11m later)` moves the clock.
 * All other lines are what the bot must say.
 */

import {
  album,
  photo,
  type TestChat,
  type TestUser,
  type VirtualClock,
  type World,
} from '@telefsm/testing';

/** Does what people do in a script, in order, and gives the transcript of what happened. */
export async function play(world: World, script: string, clock: VirtualClock): Promise<string> {
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
    if (later !== undefined) {
      lines.push(line);
      await clock.advance(later as `${number}m`);
      listen();
    }
    const [, name = '', title, how, what = ''] =
      /^(\w+)(?: in ([\w ]+))?(: | taps \[)(.*)$/.exec(line) ?? [];
    const person = people.get(name);
    if (person === undefined) continue;
    const user = title === undefined ? person : person.in(placeOf(title));
    if (how === ': ') await user.sends(what === '[photo] [photo]' ? album(photo(), photo()) : what);
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
