package dev.stiefel.data.fetch;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The body of an HTTP answer, taken piece by piece with a limit on the wait for each: the stream that the JDK's
/// client offers waits for ever.
final class ResponseBody implements Flow.Subscriber<List<ByteBuffer>>, AutoCloseable {
    private sealed interface Signal {}

    private record Bytes(List<ByteBuffer> buffers) implements Signal {}

    private record End() implements Signal {}

    private record Broken(Throwable cause) implements Signal {}

    private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
    private volatile Flow.@Nullable Subscription subscription;

    /// The next bytes; an empty list at the end.
    List<ByteBuffer> next(Duration limit) throws IOException {
        return switch (await(limit)) {
            case Bytes(var buffers) -> {
                Objects.requireNonNull(subscription).request(1);
                yield buffers;
            }
            case End _ -> List.of();
            case Broken(var cause) -> throw new IOException("the download broke off: " + cause.getMessage(), cause);
        };
    }

    private Signal await(Duration limit) throws HttpTimeoutException, InterruptedIOException {
        try {
            Signal signal = signals.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (signal == null) {
                throw new HttpTimeoutException("the download stalled");
            }
            return signal;
        } catch (InterruptedException e) {
            throw Interruption.of(e);
        }
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        given.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        signals.add(new Bytes(buffers));
    }

    @Override
    public void onError(Throwable cause) {
        signals.add(new Broken(cause));
    }

    @Override
    public void onComplete() {
        signals.add(new End());
    }

    @Override
    public void close() {
        Flow.Subscription begun = subscription;
        if (begun != null) {
            begun.cancel();
        }
    }
}
