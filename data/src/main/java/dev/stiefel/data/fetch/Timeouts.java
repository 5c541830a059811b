package dev.stiefel.data.fetch;

import java.time.Duration;

/// Time limits for waiting on a mirror.
///
/// @param connect for a connection; until the answer begins it is twice that
/// @param stall for the next bytes of a download that has begun
public record Timeouts(Duration connect, Duration stall) {
    /// 3 s for a connection, 10 s for the next bytes.
    public static final Timeouts SHORT = new Timeouts(Duration.ofSeconds(3), Duration.ofSeconds(10));
}
