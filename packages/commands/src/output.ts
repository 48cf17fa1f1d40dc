/** The messages of one input: templates become messages, messages become one text. */

import type { TreeNode } from './nodes.ts';

/** Collects what is said during one input until it is closed; what comes later is dropped. */
export class Output {
  private readonly tree: Pick<TreeNode, 'format' | 'join'>;
  private readonly messages: string[] = [];
  private isOpen = true;

  constructor(tree: Pick<TreeNode, 'format' | 'join'>) {
    this.tree = tree;
  }

  /** Bound, so that actions may destructure their turn. */
  get say(): (template: string, ...values: readonly unknown[]) => void {
    return (template, ...values) => {
      if (this.isOpen) this.messages.push(this.tree.format(template, ...values));
    };
  }

  /** Everything said so far, as one text. */
  output(): string {
    return this.messages.length === 0 ? '' : this.tree.join(...this.messages);
  }

  close(): void {
    this.isOpen = false;
  }
}

/**
 * Fills a template: `%s` text, `%d` number, `%i` whole number, `%f` decimal number, `%j` and `%o` JSON, `%%` a percent sign.
 *
 * Values without a placeholder are appended. Without values, the template is sent as it is.
 */
export function formatTemplate(template: string, ...values: readonly unknown[]): string {
  if (values.length === 0) return template;
  let next = 0;
  const filled = template.replace(/%([sdifjoO%])/g, (position, kind: string) => {
    if (kind === '%') return '%';
    return next < values.length ? inPlace(kind, values[next++]) : position;
  });
  return [filled, ...values.slice(next).map(asText)].join(' ');
}

/** Messages below each other. */
export function joinLines(...messages: readonly string[]): string {
  return messages.join('\n');
}

function inPlace(kind: string, value: unknown): string {
  if (kind === 's') return asText(value);
  if (kind === 'j' || kind === 'o' || kind === 'O') return asJson(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'symbol') return 'NaN';
  if (kind === 'i') return String(Math.trunc(Number(value)));
  return String(Number(value));
}

function asText(value: unknown): string {
  if (value instanceof Error) return value.message;
  return typeof value === 'object' && value !== null ? asJson(value) : String(value);
}

function asJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
