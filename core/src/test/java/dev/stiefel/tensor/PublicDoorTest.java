package dev.stiefel.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.stiefel.tensor.ImageConvolution.KernelForm;
import dev.stiefel.tensor.Lapack.SvdDriver;
import dev.stiefel.tensor.Specimen.Content;
import dev.stiefel.tensor.Specimen.Recipe;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every public operation, found by reflection, called thousands of times with every mixture of right
/// and wrong arguments: it returns, or throws an exception that says why; it never writes outside its
/// tensors, nor into a tensor that it only reads, and nothing comes of a closed one. (A native crash
/// would end the process that runs this.)
///
/// Whether what it returns is right is asked by the tests named after each class. A new operation is
/// driven without being named here, unless it takes a type of argument that no values are known for:
/// then its test fails.
class PublicDoorTest {
    private static final int CALLS = 2_000;
    private static final List<Recipe> RECIPES = Specimen.recipes();
    private static final List<Recipe> LIVE = RECIPES.stream()
            .filter(recipe -> recipe.content() != Content.CLOSED)
            .toList();

    /// What may be asked of a closed tensor.
    private static final Set<String> METADATA = Set.of(
            "named",
            "name",
            "type",
            "shape",
            "size",
            "rows()",
            "columns",
            "isContiguous",
            "isClosed",
            "close",
            "toString");

    private static final Map<Class<?>, List<?>> VALUES = Map.of(
            int.class, List.of(Integer.MIN_VALUE, -1, 0, 0, 1, 1, 2, 2, 3, 1025),
            long.class, List.of(Long.MIN_VALUE, -1L, 0L, 0L, 1L, 2L, 3L, 1L << 61, Long.MAX_VALUE),
            double.class, List.of(0.0, 1.0, -2.5, 1e300, Double.NaN, Double.POSITIVE_INFINITY),
            float[].class, List.of(new float[0], new float[3], new float[4], new float[6]),
            double[].class, List.of(new double[0], new double[3], new double[4], new double[6]),
            int[].class,
                    List.of(
                            new int[0],
                            new int[] {2},
                            new int[] {2, 2},
                            new int[] {0, 3},
                            new int[] {-1, 2},
                            new int[] {1 << 20, 1 << 20},
                            new int[] {1 << 16, 1 << 16, 1 << 16, 1 << 16}),
            String.class, List.of("", "name"),
            DType.class, List.of(DType.values()),
            SvdDriver.class, List.of(SvdDriver.values()),
            IntConsumer.class, List.of((IntConsumer) task -> {}));

    private static final List<ImageGrid> GRIDS = List.of(
            new ImageGrid(1, 1, 1, 1, 1, 1, 0, 0, 1, 1),
            new ImageGrid(1, 2, 1, 1, 1, 1, 0, 0, 1, 1),
            new ImageGrid(1, 3, 1, 3, 1, 1, 0, 1, 1, 1),
            new ImageGrid(2, 1, 2, 1, 1, 1, 0, 0, 1, 1),
            new ImageGrid(2, 2, 3, 3, 2, 1, 1, 1, 1, 1),
            new ImageGrid(3, 1, 1, 2, 1, 1, 0, 2, 1, 3));

    static Stream<Method> operations() {
        return new ClassFileImporter()
                        .withImportOption(location -> !location.contains("test-classes"))
                        .importPackages("dev.stiefel.tensor")
                        .stream()
                        .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC) && !type.isEnum())
                        .filter(type -> OneDnn.IN_USE || !type.isEquivalentTo(ImageConvolution.class))
                        .flatMap(type -> Arrays.stream(type.reflect().getDeclaredMethods()))
                        .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
                        .filter(method -> !method.getName().equals("equals"));
    }

    @ParameterizedTest
    @MethodSource("operations")
    void itAnswersOrRefusesWhateverItIsGiven(Method operation) {
        SplittableRandom random = new SplittableRandom(operation.toString().hashCode());
        long owners = Scope.liveOwners();
        int returned = 0;
        int calls = operation.getParameterCount() == 0 && operation.getDeclaringClass() != Tensor.class ? 50 : CALLS;
        for (int i = 0; i < calls; i++) {
            try (Call call = new Call(operation, random, i % 2 == 0)) {
                returned += call.run() ? 1 : 0;
            }
        }
        assertThat(returned).as("calls that returned").isPositive();
        assertThat(Scope.liveOwners()).isEqualTo(owners);
    }

    /// One call, and all that was made for it.
    private static final class Call implements AutoCloseable {
        private final Method operation;
        private final SplittableRandom random;
        private final Pool pool = new Pool();
        private final Scope scope = pool.scope("call");
        private final List<AutoCloseable> made = new ArrayList<>(List.of(scope, pool));
        private final List<Specimen> specimens = new ArrayList<>();
        private final List<Recipe> chosen = new ArrayList<>();
        private final List<Recipe> menu;

        Call(Method operation, SplittableRandom random, boolean likelyFine) {
            this.operation = operation;
            this.random = random;
            // Half of the calls draw all tensors from a few kinds, so that valid combinations are frequent.
            this.menu = likelyFine ? fittingPair() : RECIPES;
        }

        private List<Recipe> fittingPair() {
            Recipe first = pick(LIVE);
            List<Recipe> fitting = LIVE.stream()
                    .filter(recipe -> recipe.type() == first.type() && last(recipe) == last(first))
                    .toList();
            return List.of(first, pick(fitting));
        }

        private static int last(Recipe recipe) {
            Shape shape = recipe.shape();
            return shape.order() == 0 ? 1 : shape.extent(shape.order() - 1);
        }

        boolean run() {
            Class<?> type = operation.getDeclaringClass();
            Object receiver = Modifier.isStatic(operation.getModifiers()) ? null : value(type);
            Object[] arguments = Arrays.stream(operation.getParameterTypes())
                    .map(this::value)
                    .toArray();
            try {
                Object result = operation.invoke(receiver, arguments);
                if (result instanceof AutoCloseable closeable) {
                    made.addFirst(closeable);
                }
                assertThat(METADATA.contains(operation.getName())
                                || (METADATA.contains(operation.getName() + "()") && arguments.length == 0)
                                || chosen.stream().noneMatch(recipe -> recipe.content() == Content.CLOSED))
                        .as("%s returned although a tensor is closed: %s", operation, chosen)
                        .isTrue();
                return true;
            } catch (InvocationTargetException e) {
                assertThat(e.getCause())
                        .as("%s with %s, %s", operation, chosen, Arrays.deepToString(arguments))
                        .isInstanceOfAny(
                                IllegalArgumentException.class,
                                IllegalStateException.class,
                                IndexOutOfBoundsException.class);
                assertThat(e.getCause()).hasMessageNotContaining("native call");
                assertThat(e.getCause().getMessage()).isNotBlank();
                return false;
            } catch (IllegalAccessException e) {
                throw new AssertionError(e);
            } finally {
                for (Specimen specimen : specimens) {
                    assertThat(specimen.guardsAreWhole())
                            .as("%s wrote beside its tensor: %s", operation, chosen)
                            .isTrue();
                    assertThat(writes() || specimen.isUnchanged())
                            .as("%s changed its input: %s", operation, chosen)
                            .isTrue();
                }
            }
        }

        private boolean writes() {
            return operation.getName().matches(".*(Into|InPlace)|set|setAll|write|writeRows|clear|copyFrom|fillNormal");
        }

        private Object value(Class<?> type) {
            if (type == Tensor.class) {
                Recipe recipe = pick(menu);
                chosen.add(recipe);
                specimens.add(new Specimen(scope, recipe));
                return specimens.getLast().tensor();
            }
            if (type == Scope.class) {
                Scope argument = random.nextInt(4) == 0 ? Scope.open("plain") : pool.scope("pooled");
                made.addFirst(argument);
                if (random.nextInt(8) == 0) {
                    argument.close();
                }
                return argument;
            }
            if (type == Pool.class || type == Threads.class) {
                AutoCloseable argument = type == Pool.class ? new Pool() : Threads.of(1 + random.nextInt(2));
                made.addFirst(argument);
                if (random.nextInt(8) == 0) {
                    close(argument);
                }
                return argument;
            }
            if (type == Scopes.class) {
                Scopes argument = pool.scopes(3);
                made.addFirst(argument);
                return argument;
            }
            if (type == Counts.class) {
                return new Counts(1, 2, 3);
            }
            if (type == Rng.class) {
                return Rng.seeded(1);
            }
            if (type == Shape.class) {
                return pick(RECIPES).shape();
            }
            if (type == ImageGrid.class) {
                return pick(GRIDS);
            }
            if (type == PaddedImages.class) {
                return new PaddedImages(
                        pick(GRIDS.stream().filter(PaddedImages::suits).toList()));
            }
            if (type == ImageConvolution.class) {
                return convolution();
            }
            if (type == ImageGrid.Pair.class) {
                return (ImageGrid.Pair) (position, pixel, offset) -> {};
            }
            assertThat(VALUES).as("values to call %s with", operation).containsKey(type);
            return pick(VALUES.get(type));
        }

        private ImageConvolution convolution() {
            int channels = 1 + random.nextInt(2);
            int outputs = 1 + random.nextInt(2);
            ImageGrid grid = GRIDS.get(random.nextInt(2));
            ImageConvolution made = new ImageConvolution(scope, grid, channels, outputs, KernelForm.ROWS);
            if (random.nextInt(8) > 0) {
                made.useKernel(scope.zeros(DType.FLOAT32, outputs, grid.offsets() * channels));
            }
            return made;
        }

        private <T> T pick(List<T> from) {
            return from.get(random.nextInt(from.size()));
        }

        @Override
        public void close() {
            made.forEach(Call::close);
        }

        private static void close(AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }
}
