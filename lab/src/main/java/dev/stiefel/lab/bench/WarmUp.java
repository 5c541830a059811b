package dev.stiefel.lab.bench;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/// Decides when code that is to be timed has been compiled.
///
/// The JVM interprets code at first and compiles it in the background once it has run some thousand times, so a step
/// may become four times faster after a second. Contenders share most of their code and are warmed up in rounds. The
/// code is steady after two rounds in a row in which no contender became faster by more than 3 % and the compiler was
/// hardly at work.
final class WarmUp {
    private static final double IMPROVEMENT = 0.97;
    private static final double COMPILING = 0.05; // share of a round's time
    private static final int STEADY_ROUNDS = 2;

    private final Pace pace;
    private final CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
    private final List<Double> best = new ArrayList<>();
    private int rounds;
    private int steadyRounds;

    /// Limits of a warm-up and length of a turn.
    ///
    /// @param turnNanos least time of a contender's turn, for steps and for predictions each
    /// @param leastRounds fewest rounds of a warm-up
    /// @param mostNanos longest time that the warm-up may take for each contender
    record Pace(long turnNanos, int leastRounds, long mostNanos) {
        static final Pace STEADY = new Pace(100_000_000, 5, 3_000_000_000L);
    }

    WarmUp(Pace pace) {
        this.pace = pace;
    }

    /// Warms the contenders up, in turns, until their code is steady or the time is over.
    ///
    /// @return whether the code is steady
    boolean run(List<Contender> contenders) {
        long begun = System.nanoTime();
        long most = pace.mostNanos() * contenders.size();
        while (true) {
            long from = System.nanoTime();
            long compiledBefore = compileMillis();
            List<Double> times = new ArrayList<>();
            for (Contender contender : contenders) {
                times.addAll(contender.turn(pace.turnNanos()));
            }
            long nanos = System.nanoTime() - from;
            if (isSteady(times, (compileMillis() - compiledBefore) * 1e6 / nanos)) {
                return true;
            }
            if (System.nanoTime() - begun > most) {
                return false;
            }
        }
    }

    /// Takes in one round.
    ///
    /// @param times a time for each contender and purpose, in the same order each round
    /// @param compiling the compiler's share of the round's time
    boolean isSteady(List<Double> times, double compiling) {
        boolean faster = best.isEmpty();
        for (int i = 0; i < times.size(); i++) {
            if (best.size() == i) {
                best.add(times.get(i));
            } else {
                faster |= times.get(i) < IMPROVEMENT * best.get(i);
                best.set(i, Math.min(best.get(i), times.get(i)));
            }
        }
        steadyRounds = faster || compiling > COMPILING ? 0 : steadyRounds + 1;
        rounds++;
        return rounds >= pace.leastRounds() && steadyRounds >= STEADY_ROUNDS;
    }

    private long compileMillis() {
        return compiler != null && compiler.isCompilationTimeMonitoringSupported()
                ? compiler.getTotalCompilationTime()
                : 0;
    }
}
