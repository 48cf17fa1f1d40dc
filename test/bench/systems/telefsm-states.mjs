/** The programs by plain states, the same for both frameworks. */

import { state, states } from '@telefsm/core';
import { confirmText, doneText, parseAge, pause, texts } from '../workload/programs.mjs';

/**
 * Registers the handlers of a program.
 *
 * @param on - `command(name, handle)`, `state(target, handle)` for texts in a state, `text(handle)` for all texts; `handle` is given
 *   the FSM, the context and the text
 */
export function statesOfProgram(options, on) {
  const { program, variant } = options;
  if (program === 'form') return variant === 'switch' ? formBySwitch(on) : form(on);
  if (program === 'dispatch') return dispatch(options, on);
  return program === 'race' ? race(options, on) : long(on);
}

const Form = states('Form', {
  name: state(),
  age: state(),
  city: state(),
  email: state(),
  confirm: state(),
});

function form(on) {
  on.command('form', (fsm, ctx) => {
    fsm.set(Form.name);
    return ctx.reply(texts.name);
  });
  on.state(Form.name, (fsm, ctx, name) => {
    fsm.set(Form.age, { name });
    return ctx.reply(texts.age);
  });
  on.state(Form.age, (fsm, ctx, text) => {
    const age = parseAge(text);
    if (age === undefined) return ctx.reply(texts.badAge);
    fsm.set(Form.city, { age });
    return ctx.reply(texts.city);
  });
  on.state(Form.city, (fsm, ctx, city) => {
    fsm.set(Form.email, { city });
    return ctx.reply(texts.email);
  });
  on.state(Form.email, (fsm, ctx, email) => {
    fsm.set(Form.confirm, { email });
    return ctx.reply(confirmText(fsm.data));
  });
  on.state(Form.confirm, async (fsm, ctx, text) => {
    await ctx.reply(text === 'yes' ? doneText(fsm.data) : 'Canceled');
    fsm.clear();
  });
}

/** The same shape as a switch over a session: one handler for every text. */
function formBySwitch(on) {
  on.text(async (fsm, ctx, text) => {
    switch (fsm.current) {
      case null:
        fsm.set(Form.name);
        await ctx.reply(texts.name);
        break;
      case Form.name.id:
        fsm.set(Form.age, { name: text });
        await ctx.reply(texts.age);
        break;
      case Form.age.id: {
        const age = parseAge(text);
        if (age !== undefined) fsm.set(Form.city, { age });
        await ctx.reply(age === undefined ? texts.badAge : texts.city);
        break;
      }
      case Form.city.id:
        fsm.set(Form.email, { city: text });
        await ctx.reply(texts.email);
        break;
      case Form.email.id:
        fsm.set(Form.confirm, { email: text });
        await ctx.reply(confirmText(fsm.data));
        break;
      default:
        await ctx.reply(text === 'yes' ? doneText(fsm.data) : 'Canceled');
        fsm.clear();
    }
  });
}

function dispatch({ n }, on) {
  const ids = Array.from({ length: n }, (_, at) => `s${at}`);
  const Group = states('Many', Object.fromEntries(ids.map((id) => [id, state()])));
  on.command('begin', (fsm, ctx) => {
    fsm.set(Group[ids[n - 1]]);
    return ctx.reply('begun');
  });
  for (const id of ids) on.state(Group[id], (_fsm, ctx) => ctx.reply(id));
}

const Counter = states('Counter', { counting: state() });

function race({ mode, delay }, on) {
  on.command('begin', (fsm, ctx) => {
    fsm.set(Counter.counting, { n: 0 });
    return ctx.reply('begun');
  });
  on.state(Counter.counting, async (fsm, ctx, text) => {
    if (text === 'read') return ctx.reply(`n=${fsm.data.n}`);
    const before = fsm.data.n;
    await pause(delay);
    fsm.update({ n: (mode === 'after' ? fsm.data.n : before) + 1 });
    return ctx.reply('inc');
  });
}

const Long = states('Long', { asking: state() });

function long(on) {
  on.command('begin', (fsm, ctx) => {
    fsm.clear();
    fsm.set(Long.asking, { at: 0 });
    return ctx.reply('q0');
  });
  on.state(Long.asking, (fsm, ctx, text) => {
    const { at } = fsm.data;
    fsm.update({ [`q${at}`]: text, at: at + 1 });
    return ctx.reply(`q${at + 1}`);
  });
}
