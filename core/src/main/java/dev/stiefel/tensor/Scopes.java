package dev.stiefel.tensor;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A scope for each of several tasks that run side by side: threads that share a scope would wait for
/// each other. All are closed at once, so that what the tasks have made can be used together before.
public final class Scopes implements AutoCloseable {
    private final Pool pool;
    private final @Nullable Scope[] scopes;

    Scopes(Pool pool, int count) {
        this.pool = pool;
        this.scopes = new Scope[count];
    }

    /// Opens that of task `i`: once, by the task.
    ///
    /// @throws IllegalStateException if it was opened before
    public Scope open(int i) {
        if (scopes[Objects.checkIndex(i, scopes.length)] != null) {
            throw new IllegalStateException("scopes: that of task %d is open already".formatted(i));
        }
        Scope scope = pool.scope("task " + i);
        scopes[i] = scope;
        return scope;
    }

    /// Closes those that were opened.
    @Override
    public void close() {
        for (Scope scope : scopes) {
            if (scope != null) {
                scope.close();
            }
        }
    }
}
