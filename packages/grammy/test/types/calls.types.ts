/** Calls, results, `redo` and `resume` of nodes and flows. */

import { flow, invalid, redo, scene, typed } from '@telefsm/grammy';

const address = flow('address')
  .ask('street', { prompt: '?' })
  .done(() => {});
const Shop = scene('shop', {
  data: typed<{ cart: string[]; address?: { street: string } }>(),
  result: typed<{ paid: boolean }>(),
}).on({
  handle: ({ input, data, call, leave, stay, again, back, state }) => {
    if (input.text === 'address') return call(address, {}, { into: 'address' });
    if (input.text === 'back') return back();
    if (input.text === 'same') return stay();
    if (input.text === 'more') return again({ cart: [...data.cart, 'x'] });
    state.update({});
    // @ts-expect-error the cart holds texts
    again({ cart: [1] });
    // @ts-expect-error a result is declared
    leave();
    // @ts-expect-error misspelled: the result would be lost
    call(address, {}, { into: 'adress' });
    return leave({ paid: true });
  },
  resume: ({ resultOf, again }) => {
    const a = resultOf(address);
    a?.street.trim();
    return again(a ? { address: a } : {});
  },
});
const Start = scene('start', { params: typed<{ name: string; first?: boolean }>() }).on({
  enter: ({ params }) => (params.first ? `Hello, ${params.name}` : undefined),
  // @ts-expect-error params are required
  handle: ({ goto }) => goto(Start),
  timeout: ({ goto }) => goto(Start, {}, { params: { name: 'x' } }),
  leave: ({ reason, reply }) => {
    return reason === 'canceled' ? reply('Bye') : undefined;
  },
});
const Media = scene('media', { accept: ['photo', 'text'] }).on({
  handle: ({ input, answer, stay }) => {
    if (input.kind === 'photo') input.value.width;
    else input.text.trim();
    if (answer.kind === 'photo') answer.value.file_id;
    return stay();
  },
});
void [Shop, Media];
flow('f')
  .ask('a', { prompt: '?' })
  .ask('b', {
    prompt: '?',
    validate: (v) => (v === 'again' ? redo('a') : v === '' ? invalid('no') : v.length),
  })
  .done((a) => (a.b > 3 ? redo('a') : `${a.b.toFixed()}`));
flow('f')
  .ask('a', { prompt: '?' })
  // @ts-expect-error no such step
  .done(() => redo('nope'));
flow('f')
  // @ts-expect-error write `keyboard`
  .ask('a', { prompt: { text: '?', reply_markup: { force_reply: true } } })
  .done(() => {});
