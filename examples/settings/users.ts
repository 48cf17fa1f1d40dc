/** Settings in the place of a database. */

import type { Settings, Users } from './settings.ts';

const standard: Settings = {
  language: 'en',
  sound: true,
  vibration: false,
  volume: 5,
  topics: ['news'],
};

/** Makes a place that keeps settings in memory. */
export function openUsers(): Users {
  const kept = new Map<number, Settings>();
  return {
    settings: async (user) => kept.get(user) ?? standard,
    async save(user, settings) {
      kept.set(user, settings);
    },
  };
}
