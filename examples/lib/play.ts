/**
 * Plays the people of a transcript against a bot. What comes out must be the same transcript, so a script is its own expectation.
 *
 * A line `Anna: hello` is sent, `Anna taps [Yes]` taps that button, and so do their forms with a place: `Anna in Friends: hello`. A line
 * in parentheses such as `(11m later)` moves the clock. Lines of the bot are what it must say.
 */

import { photo, type TestUser, type VirtualClock, type World } from '@telefsm/testing';

/** Does what people do in a script, in order. */
export async function play(world: World, script: string, clock?: VirtualClock): Promise<void> {
  const people = new Map<string, TestUser>();
  const person = (name: string): TestUser => {
    const known = people.get(name) ?? world.user(name);
    people.set(name, known);
    return known;
  };
  for (const [, name] of script.matchAll(/^(\w+)(?: in [\w ]+)?(?::| taps)/gm)) {
    if (name !== undefined && name !== 'Bot') person(name);
  }
  const places = new Map<string, ReturnType<World['group']>>();
  const inPlace = (name: string, title: string | undefined): TestUser => {
    if (title === undefined) return person(name);
    const place = places.get(title) ?? world.group(title, [...people.values()]);
    places.set(title, place);
    return person(name).in(place);
  };
  for (const line of script.split('\n')) {
    const later = /^\((\d+[smhd]) later\)$/.exec(line);
    if (later) await clock?.advance(later[1] as `${number}m`);
    const [, name = 'Bot', title, how, what = ''] =
      /^(\w+)(?: in ([\w ]+))?(: | taps \[)(.*)$/.exec(line) ?? [];
    if (name === 'Bot') continue;
    const user = inPlace(name, title);
    if (how === ': ') await user.sends(what === '[photo]' ? photo() : what);
    else await user.taps(what.slice(0, -1));
  }
}
