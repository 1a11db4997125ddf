//! A graph while it is made: names that no column has, constants, nodes, inputs and outputs.

use scorewright_runtime::Scorecard;

use super::proto::{
    AttributeProto, AttributeType, DataType, Dimension, DimensionProto, GraphProto, NodeProto, TensorProto,
    TensorShapeProto, TensorTypeProto, TypeProto, ValueInfoProto,
};

/// The size of a dimension.
#[derive(Debug, Clone, Copy)]
pub enum Size {
    /// As many as there are cases.
    Cases,
    /// As many as there are cases, or one for all of them.
    CasesOrOne,
    /// This many.
    Of(usize),
}

/// A graph in the making. Tensors are known by their names.
#[derive(Debug, Default)]
pub struct Graph {
    proto: GraphProto,
    /// Names of inputs and outputs.
    taken: Vec<String>,
    /// What the names of all other tensors begin with; no input's and no output's does.
    prefix: String,
    /// The constant [1]: the axis of columns.
    columns: String,
}

impl Graph {
    /// An empty graph for a card.
    pub fn new(card: &Scorecard) -> Self {
        let taken: Vec<String> = card.inputs().iter().map(|input| input.name.clone()).collect();
        let mut prefix = "card/".to_owned();
        while taken.iter().any(|name| name.starts_with(&prefix)) {
            prefix.push('/');
        }
        let mut graph = Graph { taken, prefix, ..Graph::default() };
        graph.columns = graph.integers("axis of columns", &[1], &[1]);
        graph
    }

    /// The graph by its name.
    pub fn finish(self, name: String, doc_string: String) -> GraphProto {
        GraphProto { name: Some(name), doc_string: Some(doc_string), ..self.proto }
    }

    /// `name`, with underscores at its end where a column or an output has it already.
    fn free(&mut self, name: &str) -> String {
        let mut name = name.to_owned();
        while self.taken.contains(&name) {
            name.push('_');
        }
        self.taken.push(name.clone());
        name
    }

    /// A column of the cases: a tensor of one column.
    pub fn input(&mut self, name: &str, kind: DataType, doc: &str) {
        self.proto.input.push(value_info(name, kind, [Size::Cases, Size::Of(1)], doc));
    }

    /// An input that may be left out, and then is false for all cases. Gives its name.
    pub fn optional_flag(&mut self, name: &str, doc: &str) -> String {
        let name = self.free(name);
        self.proto.input.push(value_info(&name, DataType::Bool, [Size::CasesOrOne, Size::Of(1)], doc));
        self.proto.initializer.push(TensorProto {
            dims: vec![1, 1],
            data_type: Some(DataType::Bool.into()),
            name: Some(name.clone()),
            raw_data: Some(vec![0]),
            ..TensorProto::default()
        });
        name
    }

    /// An output of so many columns.
    pub fn output(&mut self, name: &str, tensor: &str, kind: DataType, columns: usize, doc: &str) {
        let name = self.free(name);
        self.proto.output.push(value_info(&name, kind, [Size::Cases, Size::Of(columns)], doc));
        self.add("Identity", &[tensor], vec![name], Vec::new());
    }

    /// A constant of doubles.
    pub fn doubles(&mut self, name: &str, dims: &[usize], values: &[f64]) -> String {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constant(name, dims, TensorProto { raw_data: Some(bytes), ..typed(DataType::Double) })
    }

    /// A constant of integers.
    pub fn integers(&mut self, name: &str, dims: &[usize], values: &[i64]) -> String {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constant(name, dims, TensorProto { raw_data: Some(bytes), ..typed(DataType::Int64) })
    }

    /// A constant list of texts.
    pub fn texts(&mut self, name: &str, values: impl IntoIterator<Item = String>) -> String {
        let string_data: Vec<Vec<u8>> = values.into_iter().map(String::into_bytes).collect();
        let dims = [string_data.len()];
        self.constant(name, &dims, TensorProto { string_data, ..typed(DataType::String) })
    }

    fn constant(&mut self, name: &str, dims: &[usize], tensor: TensorProto) -> String {
        let name = format!("{}{name}", self.prefix);
        let dims = dims.iter().map(|size| *size as i64).collect();
        self.proto.initializer.push(TensorProto { dims, name: Some(name.clone()), ..tensor });
        name
    }

    /// A node of one output, which it gives.
    pub fn node(&mut self, operator: &str, inputs: &[&str], name: &str) -> String {
        self.node_by(operator, inputs, name, Vec::new())
    }

    /// A node of one output with attributes.
    pub fn node_by(&mut self, operator: &str, inputs: &[&str], name: &str, by: Vec<AttributeProto>) -> String {
        let output = format!("{}{name}", self.prefix);
        self.add(operator, inputs, vec![output.clone()], by);
        output
    }

    /// A tensor's truths as 0 and 1.
    pub fn integers_of(&mut self, tensor: &str, name: &str) -> String {
        self.node_by("Cast", &[tensor], name, vec![int("to", DataType::Int64 as i64)])
    }

    /// The sum of an integer tensor's columns.
    pub fn sum_of_columns(&mut self, tensor: &str, name: &str) -> String {
        let axis = self.columns.clone();
        self.node("ReduceSum", &[tensor, &axis], name)
    }

    /// The columns of a tensor, one by one.
    pub fn columns(&mut self, tensor: &str, count: usize, name: &str) -> Vec<String> {
        let sizes = self.integers(&format!("{name}/sizes"), &[count], &vec![1; count]);
        let outputs: Vec<String> = (1..=count).map(|place| format!("{}{name}/{place}", self.prefix)).collect();
        self.add("Split", &[tensor, &sizes], outputs.clone(), vec![int("axis", 1)]);
        outputs
    }

    /// The places of each row's greatest `count` values, greatest first, of equal ones the first; as a tensor.
    pub fn places_of_greatest(&mut self, tensor: &str, count: i64, name: &str) -> String {
        let count = self.integers(&format!("{name}/count"), &[1], &[count]);
        let outputs = ["values", "places"].map(|what| format!("{}{name}/{what}", self.prefix));
        let by = vec![int("axis", 1), int("largest", 1), int("sorted", 1)];
        self.add("TopK", &[tensor, &count], outputs.to_vec(), by);
        let [_, places] = outputs;
        places
    }

    /// Says something of the last node.
    pub fn describe(&mut self, doc: String) {
        if let Some(node) = self.proto.node.last_mut() {
            node.doc_string = Some(doc);
        }
    }

    fn add(&mut self, operator: &str, inputs: &[&str], output: Vec<String>, attribute: Vec<AttributeProto>) {
        let is_of_learning = operator == "LabelEncoder";
        self.proto.node.push(NodeProto {
            input: inputs.iter().map(|input| (*input).to_owned()).collect(),
            name: output.first().cloned(),
            output,
            op_type: Some(operator.to_owned()),
            attribute,
            doc_string: None,
            domain: is_of_learning.then(|| "ai.onnx.ml".to_owned()),
        });
    }
}

fn typed(kind: DataType) -> TensorProto {
    TensorProto { data_type: Some(kind.into()), ..TensorProto::default() }
}

fn value_info(name: &str, kind: DataType, sizes: [Size; 2], doc: &str) -> ValueInfoProto {
    let dim = |size: Size| DimensionProto {
        value: match size {
            Size::Cases => Some(Dimension::Symbol("N".to_owned())),
            Size::CasesOrOne => None,
            Size::Of(count) => Some(Dimension::Size(count as i64)),
        },
    };
    let shape = TensorShapeProto { dim: sizes.map(dim).to_vec() };
    let tensor_type = TensorTypeProto { elem_type: Some(kind.into()), shape: Some(shape) };
    ValueInfoProto {
        name: Some(name.to_owned()),
        r#type: Some(TypeProto { tensor_type: Some(tensor_type) }),
        doc_string: Some(doc.to_owned()),
    }
}

/// An attribute that is an integer.
pub fn int(name: &str, value: i64) -> AttributeProto {
    AttributeProto { i: Some(value), ..attribute(name, AttributeType::Int) }
}

/// An attribute that is a list of integers.
pub fn ints(name: &str, values: Vec<i64>) -> AttributeProto {
    AttributeProto { ints: values, ..attribute(name, AttributeType::Ints) }
}

/// An attribute that is a list of texts.
pub fn strings(name: &str, values: Vec<String>) -> AttributeProto {
    let strings = values.into_iter().map(String::into_bytes).collect();
    AttributeProto { strings, ..attribute(name, AttributeType::Strings) }
}

fn attribute(name: &str, kind: AttributeType) -> AttributeProto {
    AttributeProto { name: Some(name.to_owned()), r#type: Some(kind.into()), ..AttributeProto::default() }
}
