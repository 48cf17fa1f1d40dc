/** The programs by nodes, as a flow and as a command tree, the same for both frameworks. */

import { flow, invalid, scene } from '@telefsm/core';
import {
  confirmText,
  countText,
  doneText,
  longLength,
  parseAge,
  sizes,
  texts,
} from '../workload/programs.mjs';

/** @returns what the machine is told, and how its command enters; `undefined` for a flow, which has a trigger of its own */
export async function scenesOfProgram({ program, variant }) {
  if (variant === 'tree') {
    const tree = await formTree();
    return { states: [tree], enter: (fsm) => fsm.enter(tree, {}, { params: { line: 'form' } }) };
  }
  if (variant === 'flow') return { states: [program === 'long' ? longFlow() : formFlow()] };
  if (program === 'press') {
    const counting = variant === 'view' ? menuView() : countNode();
    return { states: [counting], enter: (fsm) => fsm.enter(counting, { n: 0, size: 'M' }) };
  }
  const nodes = formNodes();
  return { states: nodes, enter: (fsm) => fsm.enter(nodes[0]) };
}

function formNodes() {
  const Name = scene('name').on({
    enter: () => texts.name,
    handle: ({ input, goto }) => goto(Age, { name: input.text }),
  });
  const Age = scene('age').on({
    enter: () => texts.age,
    handle: async ({ data, input, goto, stay, reply }) => {
      const age = parseAge(input.text);
      if (age !== undefined) return goto(City, { ...data, age });
      await reply(texts.badAge);
      return stay();
    },
  });
  const City = scene('city').on({
    enter: () => texts.city,
    handle: ({ data, input, goto }) => goto(Email, { ...data, city: input.text }),
  });
  const Email = scene('email').on({
    enter: () => texts.email,
    handle: ({ data, input, goto }) => goto(Confirm, { ...data, email: input.text }),
  });
  const Confirm = scene('confirm').on({
    enter: ({ data }) => confirmText(data),
    handle: async ({ data, input, leave, reply }) => {
      await reply(input.text === 'yes' ? doneText(data) : 'Canceled');
      return leave();
    },
  });
  return [Name, Age, City, Email, Confirm];
}

function menuView() {
  return scene('menu').on({
    view: ({ data, counter, radio, button, leave }) => ({
      text: countText(data.n),
      rows: [
        counter('n', { label: (n) => `${n}` }),
        radio('size', sizes, { columns: 4 }),
        [button('help', 'Help', () => {}), button('order', 'Order', leave())],
        button('again', 'Start again', ({ again }) => again({ n: 0 })),
      ],
    }),
  });
}

function countNode() {
  return scene('count').on({
    enter: ({ data }) => countText(data.n),
    handle: ({ data, again }) => again({ n: data.n + 1 }),
  });
}

function formFlow() {
  return flow('form', { trigger: '/form' })
    .ask('name', { prompt: texts.name })
    .ask('age', {
      prompt: texts.age,
      validate: (text) => parseAge(text) ?? invalid(texts.badAge),
    })
    .ask('city', { prompt: texts.city })
    .ask('email', { prompt: texts.email })
    .ask('confirm', { prompt: confirmText })
    .done((answers) => (answers.confirm === 'yes' ? doneText(answers) : 'Canceled'));
}

function longFlow() {
  let asked = flow('long', { trigger: '/begin' });
  for (let at = 0; at < longLength; at++) asked = asked.ask(`q${at}`, { prompt: `q${at}` });
  return asked.done(() => `q${longLength}`);
}

/** A tree that asks: in each state one command takes whatever is said. */
async function formTree() {
  const { commandTree } = await import('@telefsm/commands');
  const tree = commandTree('form', { help: false });
  const start = tree.root.flag('answers', {}).command('form');
  const Name = start.state('name');
  start.action(({ say }) => {
    say(texts.name);
    return Name;
  });
  const taking = (state) => {
    const said = state.command('say').option('text');
    state.default(() => said);
    return said;
  };
  const step = (state, key, next, question, read = (text) => text) => {
    const said = taking(state);
    const Next = said.state(next);
    said.action((turn) => {
      const value = read(turn.options.text);
      if (value === undefined) {
        turn.say(texts.badAge);
        return turn.state;
      }
      const answers = { ...turn.flags.answers, [key]: value };
      turn.setFlag('answers', answers);
      turn.say('%s', question(answers));
      return Next;
    });
    return Next;
  };
  const Age = step(Name, 'name', 'age', () => texts.age);
  const City = step(Age, 'age', 'city', () => texts.city, parseAge);
  const Email = step(City, 'city', 'email', () => texts.email);
  const Confirm = step(Email, 'email', 'confirm', confirmText);
  taking(Confirm).action((turn) => {
    turn.say('%s', turn.options.text === 'yes' ? doneText(turn.flags.answers) : 'Canceled');
    return turn.leave();
  });
  return tree;
}
