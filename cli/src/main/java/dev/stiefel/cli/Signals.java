package dev.stiefel.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;

/// SIGINT, SIGTERM and SIGHUP of this process. Those that its parent made it ignore stay ignored, as `nohup` and
/// shells without job control want it: the JVM sees to that.
///
/// The JDK has no supported way to hear of signals but shutdown hooks, which allow no second Ctrl-C and no exit
/// status of one's own. Its unsupported one is reached by name, since javac warns of it in a way that cannot be
/// turned off; where it is missing, an interrupt ends the process as ever.
final class Signals implements Interrupts {
    @Override
    public Guard first(Runnable action) {
        Once once = new Once(action);
        List<Guard> guards =
                List.of(each("INT", once::interrupted), each("TERM", once::interrupted), each("HUP", once::hungUp));
        return new Guard() {
            @Override
            public int exitCode() {
                return once.exitCode();
            }

            @Override
            public void close() {
                guards.forEach(Guard::close);
            }
        };
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

    /// Reaction to the first signal; the second SIGINT or SIGTERM ends the process. A terminal that ends sends
    /// SIGHUP more than once, its shell for one: that never ends the process before all is saved.
    private static final class Once {
        private final Runnable action;
        private boolean done;
        private boolean asked;
        private int exitCode = CommandFailures.INTERRUPTED;

        Once(Runnable action) {
            this.action = action;
        }

        synchronized void interrupted() {
            if (asked) {
                Runtime.getRuntime().halt(exitCode);
            }
            asked = true;
            act(CommandFailures.INTERRUPTED);
        }

        synchronized void hungUp() {
            act(CommandFailures.HUNG_UP);
        }

        private void act(int code) {
            if (!done) {
                done = true;
                exitCode = code;
                action.run();
            }
        }

        synchronized int exitCode() {
            return exitCode;
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
