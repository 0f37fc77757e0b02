import { Component, h, type ComponentChildren, type FunctionComponent } from "preact";

/** A component that is drawn again only when `same` says its properties differ. */
export function memo<P extends object>(view: FunctionComponent<P>, same: (a: Readonly<P>, b: Readonly<P>) => boolean): new () => Component<P> {
  return class Kept extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      return !same(this.props as Readonly<P>, next);
    }

    override render(): ComponentChildren {
      return h(view, this.props as P & { key?: string });
    }
  };
}
