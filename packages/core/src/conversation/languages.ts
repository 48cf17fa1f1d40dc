/** The default texts in other languages. Each language is a file of data, for translators. */

import ar from './languages/ar.json' with { type: 'json' };
import de from './languages/de.json' with { type: 'json' };
import es from './languages/es.json' with { type: 'json' };
import fa from './languages/fa.json' with { type: 'json' };
import fr from './languages/fr.json' with { type: 'json' };
import hi from './languages/hi.json' with { type: 'json' };
import id from './languages/id.json' with { type: 'json' };
import it from './languages/it.json' with { type: 'json' };
import pt from './languages/pt.json' with { type: 'json' };
import ru from './languages/ru.json' with { type: 'json' };
import tr from './languages/tr.json' with { type: 'json' };
import uk from './languages/uk.json' with { type: 'json' };
import zh from './languages/zh.json' with { type: 'json' };
import type { TextName } from './texts.ts';

/** The languages by their codes, as Telegram names them in `language_code`. */
export const languages: { readonly [code: string]: { readonly [Name in TextName]-?: string } } = {
  ar,
  de,
  es,
  fa,
  fr,
  hi,
  id,
  it,
  pt,
  ru,
  tr,
  uk,
  zh,
};
