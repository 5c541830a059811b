package dev.stiefel.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;

/// SIGINT and SIGTERM of this process.
///
/// The JDK has no supported way to hear of signals but shutdown hooks, which allow no second Ctrl-C and no exit
/// status of one's own. Its unsupported one is reached by name, since javac warns of it in a way that cannot be
/// turned off; where it is missing, an interrupt ends the process as ever.
final class Signals implements Interrupts {
    @Override
    public Guard first(Runnable action) {
        Once once = new Once(action);
        List<Guard> guards = List.of(each("INT", once), each("TERM", once));
        return () -> guards.forEach(Guard::close);
    }

    /// Does `action` on each signal of this name, in a thread of the JVM's, until the result is closed.
    static Guard each(String name, Runnable action) {
        try {
            Class<?> signalType = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Method handle = signalType.getMethod("handle", signalType, handlerType);
            Object signal = signalType.getConstructor(String.class).newInstance(name);
            Object before = handle.invoke(null, signal, handler(handlerType, action));
            return () -> {
                try {
                    handle.invoke(null, signal, before);
                } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException("cannot restore the handler of signal " + name, e);
                }
            };
        } catch (ReflectiveOperationException | IllegalArgumentException unavailable) {
            return () -> {};
        }
    }

    /// What the first interrupt does; the second ends the process.
    private static final class Once implements Runnable {
        private final Runnable action;
        private boolean done;

        Once(Runnable action) {
            this.action = action;
        }

        @Override
        public synchronized void run() {
            if (done) {
                Runtime.getRuntime().halt(CommandFailures.INTERRUPTED);
            }
            done = true;
            action.run();
        }
    }

    @SuppressWarnings("ReferenceEquality") // what the equals of an object without one is
    private static Object handler(Class<?> handlerType, Runnable action) {
        InvocationHandler invocation = (proxy, method, arguments) -> switch (method.getName()) {
            case "handle" -> {
                action.run();
                yield null;
            }
            case "equals" -> arguments[0] == proxy;
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "handler";
        };
        return Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handlerType}, invocation);
    }
}
