/** A booking in one message: a day in a calendar, a free time. */

import { scene, typed } from '@telefsm/core';

/** The free days and tables. */
export interface Diary {
  /** Whether nothing is free on a day. */
  isFull(day: string): boolean;
  free(day: string): Promise<readonly string[]>;
  /** Takes a time; `false` if somebody else was quicker. */
  take(day: string, time: string): Promise<boolean>;
}

/** The same definition runs on both frameworks. */
export const Booking = scene('booking', {
  data: typed<{ day?: string; time?: string }>(),
  services: typed<{ diary: Diary }>(),
}).on({
  view: async ({
    data: { day, time },
    services: { diary },
    now,
    calendar,
    radio,
    button,
    again,
  }) => {
    if (day === undefined) {
      const today = new Date(now()).toISOString().slice(0, 10);
      const options = { min: today, disabled: diary.isFull, locale: 'en-GB' };
      return { text: 'Which day?', rows: [calendar('day', options)] };
    }
    return {
      text: `${day}: what time?`,
      rows: [
        radio('time', await diary.free(day), { columns: 4 }),
        [
          button('day', '« Another day', again({ day: undefined, time: undefined })),
          time !== undefined &&
            button('book', `Book ${time}`, async ({ leave, reply }) => {
              const isOurs = await diary.take(day, time);
              if (!isOurs) return again({ time: undefined }).alert('Somebody was quicker.');
              await reply(`See you on ${day} at ${time}.`);
              return leave();
            }),
        ],
      ],
    };
  },
});
