import { Page } from "@/components/page";

interface ArticleProps {
  title: string;
  sections: readonly (readonly [heading: string, text: string])[];
}

/** A page of text. */
export function Article({ title, sections }: ArticleProps) {
  return (
    <Page>
      <article className="mx-auto max-w-prose">
        <h1>{title}</h1>
        {sections.map(([heading, text]) => (
          <section key={heading} className="mt-8">
            <h2 className="text-heading">{heading}</h2>
            <p className="mt-2 text-note text-muted">{text}</p>
          </section>
        ))}
      </article>
    </Page>
  );
}
