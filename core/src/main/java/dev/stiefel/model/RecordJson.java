package dev.stiefel.model;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Records of numbers, words and lists as JSON objects and back: `int`, `long`, `double`, `boolean`, `String`,
/// enums, records of those, `OptionalInt`, `Optional` and `List` of those. Empty values have no key.
final class RecordJson {
    /// The key beside the components: the word of the record's type.
    static final String TYPE = "type";

    private RecordJson() {}

    /// Adds the components of a record to an object.
    static void write(Record values, ObjectNode json) {
        for (RecordComponent component : values.getClass().getRecordComponents()) {
            write(json, component.getName(), value(values, component));
        }
    }

    private static Object value(Record values, RecordComponent component) {
        try {
            var accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(values);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalArgumentException(
                    "cannot read '%s' of %s"
                            .formatted(component.getName(), values.getClass().getName()),
                    e);
        }
    }

    private static void write(ObjectNode json, String key, Object value) {
        switch (value) {
            case OptionalInt number -> number.ifPresent(present -> json.put(key, present));
            case Optional<?> optional -> optional.ifPresent(present -> write(json, key, present));
            case List<?> list -> {
                ArrayNode array = json.putArray(key);
                list.forEach(each -> array.add(scalar(json, each)));
            }
            default -> json.set(key, scalar(json, value));
        }
    }

    private static JsonNode scalar(ObjectNode factory, Object value) {
        return switch (value) {
            case Integer number -> factory.numberNode(number);
            case Long number -> factory.numberNode(number);
            case Double number -> factory.numberNode(number);
            case Boolean flag -> factory.booleanNode(flag);
            case String text -> factory.stringNode(text);
            case Enum<?> constant -> factory.stringNode(word(constant));
            case Record nested -> {
                ObjectNode object = factory.objectNode();
                write(nested, object);
                yield object;
            }
            default ->
                throw new IllegalArgumentException("JSON: components must be numbers, words, or lists of those; got "
                        + value.getClass().getName());
        };
    }

    /// The record in an object, which may have the key [#TYPE] beside its components.
    ///
    /// @param what the object, for messages
    static <T> T read(Class<T> type, String what, JsonNode json) {
        RecordComponent[] components = type.getRecordComponents();
        requireKeys(
                json,
                what,
                Stream.concat(Stream.of(TYPE), Arrays.stream(components).map(RecordComponent::getName))
                        .toList());
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            values[i] = read(json, components[i].getName(), components[i].getGenericType());
        }
        try {
            var constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException refused) {
                throw refused;
            }
            throw new IllegalArgumentException("cannot make a " + type.getName(), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("cannot make a " + type.getName(), e);
        }
    }

    private static Object read(JsonNode json, String key, Type type) {
        if (type == OptionalInt.class) {
            return json.has(key) ? OptionalInt.of(number(json, key)) : OptionalInt.empty();
        }
        if (type instanceof ParameterizedType generic && generic.getRawType() == Optional.class) {
            return json.has(key)
                    ? Optional.of(scalar(require(json, key), key, generic.getActualTypeArguments()[0]))
                    : Optional.empty();
        }
        if (type instanceof ParameterizedType generic && generic.getRawType() == List.class) {
            if (!(require(json, key) instanceof ArrayNode array)) {
                throw new IllegalArgumentException("'%s' must be a list".formatted(key));
            }
            List<Object> all = new ArrayList<>();
            for (JsonNode each : array) {
                all.add(scalar(each, key, generic.getActualTypeArguments()[0]));
            }
            return List.copyOf(all);
        }
        return scalar(require(json, key), key, type);
    }

    private static Object scalar(JsonNode json, String key, Type type) {
        if ((type == int.class || type == Integer.class)
                && json.canConvertToExactIntegral()
                && json.canConvertToInt()) {
            return json.intValue();
        }
        if ((type == long.class || type == Long.class) && json.canConvertToExactIntegral() && json.canConvertToLong()) {
            return json.longValue();
        }
        if ((type == double.class || type == Double.class) && json.isNumber()) {
            return json.doubleValue();
        }
        if ((type == boolean.class || type == Boolean.class) && json.isBoolean()) {
            return json.booleanValue();
        }
        if (type == String.class && json.isString()) {
            return json.stringValue();
        }
        if (type instanceof Class<?> enumType && enumType.isEnum() && json.isString()) {
            return constant(enumType, key, json.stringValue());
        }
        if (type instanceof Class<?> recordType && recordType.isRecord() && json.isObject()) {
            return read(recordType, "'%s'".formatted(key), json);
        }
        throw new IllegalArgumentException("'%s' must be %s; got %s".formatted(key, described(type), json));
    }

    private static String described(Type type) {
        return switch (type.getTypeName()) {
            case "int", "long", "java.lang.Integer", "java.lang.Long" -> "a whole number";
            case "double", "java.lang.Double" -> "a number";
            case "boolean", "java.lang.Boolean" -> "true or false";
            default -> type instanceof Class<?> named && named.isRecord() ? "an object" : "a text";
        };
    }

    private static Object constant(Class<?> type, String key, String word) {
        for (Object each : type.getEnumConstants()) {
            if (word((Enum<?>) each).equals(word)) {
                return each;
            }
        }
        throw new IllegalArgumentException("'%s' must be one of %s; got '%s'"
                .formatted(
                        key,
                        String.join(
                                ", ",
                                Arrays.stream(type.getEnumConstants())
                                        .map(each -> word((Enum<?>) each))
                                        .toList()),
                        word));
    }

    /// The word of a constant: lower case, with dashes.
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static <E extends Enum<E>> E word(Class<E> type, JsonNode json, String key) {
        return type.cast(constant(type, key, text(json, key)));
    }

    /// Refuses keys that nobody would read.
    static void requireKeys(JsonNode json, String what, List<String> known) {
        for (String key : json.propertyNames()) {
            if (!known.contains(key)) {
                throw new IllegalArgumentException(
                        "network: %s: there is no key '%s'; there are %s".formatted(what, key, known));
            }
        }
    }

    static JsonNode require(JsonNode json, String key) {
        JsonNode found = json.get(key);
        if (found == null) {
            throw new IllegalArgumentException("the key '%s' is missing".formatted(key));
        }
        return found;
    }

    static int number(JsonNode json, String key) {
        return (Integer) scalar(require(json, key), key, int.class);
    }

    static List<String> texts(JsonNode json, String key) {
        if (!(require(json, key) instanceof ArrayNode array)) {
            throw new IllegalArgumentException("'%s' must be a list".formatted(key));
        }
        List<String> all = new ArrayList<>();
        for (JsonNode each : array) {
            if (!each.isString()) {
                throw new IllegalArgumentException("'%s' must hold texts; got %s".formatted(key, each));
            }
            all.add(each.stringValue());
        }
        return all;
    }

    static String text(JsonNode json, String key) {
        return (String) scalar(require(json, key), key, String.class);
    }
}
