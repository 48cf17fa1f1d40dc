/** The settings page of a bot: one message whose buttons change and save. */

import { scene, typed } from '@telefsm/core';

/** The settings that a user has chosen. */
export interface Settings {
  readonly language: 'en' | 'de';
  readonly sound: boolean;
  readonly vibration: boolean;
  readonly volume: number;
  readonly topics: readonly ('news' | 'offers' | 'events')[];
}
/** Where settings are kept; the bot reads them elsewhere too. */
export interface Users {
  settings(user: number): Promise<Settings>;
  save(user: number, settings: Settings): Promise<void>;
}

/** The same definition runs on both frameworks. */
export const SettingsPage = scene('settings', {
  data: typed<Settings>(),
  services: typed<{ users: Users }>(),
}).on({
  view: ({ data, radio, toggle, multi, counter, button, leave }) => ({
    text: data.language === 'de' ? 'Einstellungen' : 'Settings',
    rows: [
      radio('language', { en: 'English', de: 'Deutsch' }, { columns: 2 }),
      [toggle('sound', data.language === 'de' ? 'Ton' : 'Sound'), toggle('vibration', 'Vibration')],
      data.sound && counter('volume', { min: 0, max: 10, label: (volume) => `🔊 ${volume}` }),
      multi('topics', ['news', 'offers', 'events'], { columns: 3 }),
      button('save', data.language === 'de' ? 'Speichern' : 'Save', async (turn) => {
        await turn.services.users.save(turn.from?.id ?? 0, turn.data);
        return leave().toast(turn.data.language === 'de' ? 'Gespeichert' : 'Saved');
      }),
      button('back', data.language === 'de' ? '« Zurück' : '« Back', leave()),
    ],
  }),
});
