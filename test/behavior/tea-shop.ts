/** A shop's invoice, for tests that are not about invoices. */

/** Asks for three stars for a tea. */
export const invoiceForTea = {
  method: 'sendInvoice',
  payload: {
    title: 'Tea',
    description: 'Fresh',
    payload: 'tea',
    currency: 'XTR',
    prices: [{ label: 'Tea', amount: 3 }],
  },
} as const;
