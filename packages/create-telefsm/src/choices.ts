/** The choices for a new project. */

/** The choices of each option, with the label that the prompt shows. The first one is the default. */
export const choices = {
  framework: { grammy: 'grammY', telegraf: 'Telegraf' },
  storage: {
    memory: 'Memory: nothing to install; conversations end with the process',
    sqlite: 'SQLite: a file, for one machine',
    redis: 'Redis: for any number of processes',
    postgres: 'PostgreSQL: for any number of processes',
    mysql: 'MySQL or MariaDB: for any number of processes',
  },
  language: { ts: 'TypeScript', js: 'JavaScript' },
} as const;

/** The choices that make a project. */
export interface ProjectChoices {
  /** The bot framework: `grammy` or `telegraf`. */
  readonly framework: keyof (typeof choices)['framework'];
  /** Where conversations are kept: `memory`, `sqlite`, `redis`, `postgres` or `mysql`. */
  readonly storage: keyof (typeof choices)['storage'];
  /** `ts` for TypeScript, `js` for JavaScript that an editor checks. */
  readonly language: keyof (typeof choices)['language'];
}

/** The options that have choices, in the order of the prompts. */
export const options = ['framework', 'storage', 'language'] as const;

/** The names that can be chosen for an option, the default first. */
export function namesOf(option: keyof ProjectChoices): readonly string[] {
  return Object.keys(choices[option]);
}

/**
 * Checks the name of a choice.
 *
 * @returns `value`, with its type
 * @throws Error if the option has no such choice
 */
export function chosen<Option extends keyof ProjectChoices>(
  option: Option,
  value: string,
): ProjectChoices[Option] {
  if (!isChoice(option, value))
    throw new Error(`Unknown ${option} "${value}". Use one of: ${namesOf(option).join(', ')}.`);
  return value;
}

function isChoice<Option extends keyof ProjectChoices>(
  option: Option,
  value: string,
): value is ProjectChoices[Option] {
  return namesOf(option).includes(value);
}
