package dev.stiefel.data.fetch;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Remembers what it was told, progress aside.
final class Recorder implements FetchListener {
    private final List<FetchEvent> events = new CopyOnWriteArrayList<>();

    @Override
    public void on(FetchEvent event) {
        if (!(event instanceof FetchEvent.Progress)) {
            events.add(event);
        }
    }

    List<FetchEvent> events() {
        return events;
    }

    <E extends FetchEvent> List<E> only(Class<E> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
